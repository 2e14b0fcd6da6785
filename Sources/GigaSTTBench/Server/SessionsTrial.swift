import Foundation
import LiveBenchmark
import NIOCore

/// People who talk at the same time: each of them must get every final, and soon.
struct SessionsTrial: Sendable {
    let server: ServedProgram
    let load: ServerLoad

    func run() async throws -> [Measure] {
        let voices = try load.voices()
        let texts = try await texts(voices)
        let count = OpenFileLimit.raise(for: load.sessions)
        let (start, processor) = (ContinuousClock.now, server.processorSeconds)
        let transcripts = await Self.talk(server, voices, count: count)
        let usage = 100 * (server.processorSeconds - processor) / ((ContinuousClock.now - start) / .seconds(1))
        let logs = transcripts.map(\.transcript.log)
        let whole = transcripts.count { $0.transcript.text == texts[$0.index % texts.count] }
        for (index, transcript) in transcripts where transcript.text != texts[index % texts.count] {
            ServerBench.note(
                "session \(index): close \(transcript.closeCode ?? 0), error \(transcript.error ?? "none")\n"
                    + "  live \(transcript.text)\n  file \(texts[index % texts.count])")
        }
        var measures = [
            Measure(.sessions, "sessions", Double(count)),
            Measure(.sessions, "sessions with every final", Double(whole), .exactly(Double(count))),
            Measure(
                .sessions, "sessions closed with 1000",
                Double(transcripts.count { $0.transcript.closeCode == 1_000 }), .exactly(Double(count))),
            Measure(.sessions, "finals with words", Double(transcripts.reduce(0) { $0 + $1.transcript.finals.count })),
        ]
        measures += logs.flatMap(\.firstPartials).measures(.sessions, "first partial")
        measures += logs.flatMap(\.finalDelays).measures(.sessions, "endpoint → final")
        if server.isOurs { measures.append(Measure(.sessions, "server's processor time, % of a core", usage)) }
        return measures
    }

    /// Runs sessions that begin within three seconds.
    static func talk(
        _ server: ServedProgram, _ voices: [Voice], count: Int
    ) async -> [(index: Int, transcript: LiveTalker.Transcript)] {
        await withTaskGroup(of: (index: Int, transcript: LiveTalker.Transcript)?.self) { group in
            for index in 0..<count {
                let talker = LiveTalker(voice: voices[index % voices.count])
                group.addTask {
                    do {
                        return (index, try await talker.run(server, after: Talk.start(of: index, within: .seconds(3))))
                    } catch {
                        ServerBench.note("session \(index) was not taken: \(error)")
                        return nil
                    }
                }
            }
            return await group.reduce(into: []) { if let session = $1 { $0.append(session) } }
        }
    }

    /// What the server makes of the same audio in a file.
    private func texts(_ voices: [Voice]) async throws -> [String] {
        let connection = try await WireConnection.open(server)
        var texts: [String] = []
        for voice in voices { texts.append(try await connection.transcribe(voice.file, "?format=txt").body) }
        await connection.close()
        return texts
    }
}
