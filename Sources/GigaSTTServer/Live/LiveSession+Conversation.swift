import GigaSTT
import NIOCore
import Synchronization

extension LiveSession {
    /// Reads the client until one side ends the session, then lets the engine finish. Returns when all is said.
    func converse() async {
        await withTaskGroup(of: Void.self) { group in
            var reader = connection.makeReader()
            var converter: PCMConverter?
            do throws(WebSocketClose) {
                while state.withLock({ $0.ending == nil }), let inbound = try await reader.next() {
                    let actions = await receive(inbound)
                    for case .begin(let sampleRate, _) in actions {
                        // The machine admits no other rates than the converter.
                        converter = try? PCMConverter(.pcm16(sampleRate: sampleRate))
                        group.addTask { await self.report() }
                    }
                    if actions.contains(.feed), case .binary(let content) = inbound, converter != nil {
                        await feed(converter?.convert(Array(content.readableBytesView)) ?? [])
                    }
                }
            } catch {
                _ = await act { $0.machine.violated(error) }
            }
            await conclude(converter?.finish() ?? [])
        }
    }

    private func receive(_ inbound: WebSocketInbound) async -> [GigaProtocol.Action] {
        if case .ping(let content) = inbound { await connection.pong(content) }
        return await act { state in
            switch inbound {
            case .text, .binary, .fragment: state.timers.heard(isData: true, at: .now)
            case .ping, .pong, .close: state.timers.heard(isData: false, at: .now)
            }
            return switch inbound {
            case .text(let text): state.machine.receive(text: text)
            case .binary(let content): state.machine.receive(binaryByteCount: content.readableBytes)
            case .close(let code): state.machine.receive(closeCode: code)
            case .fragment, .ping, .pong: []
            }
        }
    }

    /// Hands samples to the engine; a stream that fails meanwhile is replaced, and gets them.
    private func feed(_ samples: [Float]) async {
        guard !samples.isEmpty else { return }
        state.withLock { $0.timers.beginFeeding() }
        while let leg = state.withLock({ $0.leg }) {
            do {
                try await leg.stream.append(samples)
                state.withLock { $0.fedSampleCount += samples.count }
                metrics.heard(Double(samples.count) / 16_000, source: .live)
                break
            } catch {
                await failed(error, leg)
            }
        }
        state.withLock { $0.timers.endFeeding(at: .now) }
    }

    /// Does with the rest of the audio what the ending says.
    private func conclude(_ rest: [Float]) async {
        let ending = state.withLock { state in
            let ending = state.ending ?? .vanished
            state.ending = ending
            return ending
        }
        switch ending.rest {
        case .decoded:
            await feed(rest)
            guard let leg = state.withLock({ $0.leg }) else { return }
            do { try await leg.stream.finish() } catch { await failed(error, leg) }
        case .empty:
            _ = await connection.send(state.withLock { $0.machine.emptyFinal(at: UnixTime.now) }.json)
        case .dropped:
            state.withLock { $0.leg }?.stream.cancel()
        }
    }

    /// Sends the engine's events until the last one.
    private func report() async {
        while let leg = state.withLock({ $0.leg }) {
            do {
                while let event = try await leg.stream.nextTimed() {
                    let message = state.withLock {
                        $0.measures.came(event)
                        return $0.machine.receive(event.event, offset: leg.offset, at: UnixTime.now)
                    }
                    guard let message else { continue }
                    if await connection.send(message.json) {
                        let latency = state.withLock { $0.measures.sent(event, at: .now) }
                        if let latency { metrics.sent(latency) }
                    } else {
                        // Nobody takes it: the connection is gone, which ends the stream as well.
                        leg.stream.cancel()
                    }
                }
                return
            } catch {
                await failed(error, leg)
            }
        }
    }

    /// A stream failed: the first who notices lets the machine decide, the other finds what it decided.
    private func failed(_ error: any Error, _ leg: Leg) async {
        _ = await act { state in
            guard state.leg?.stream === leg.stream else { return [] }
            state.leg = nil
            return state.machine.failed(error)
        }
    }
}
