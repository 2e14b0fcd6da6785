import AsyncHTTPClient
import Foundation
import NIOCore

/// Fetches one file: does what `FetchMachine` says, until the file is in place or the machine gives up.
struct FileFetch {
    let file: ModelFile
    let source: String
    let disk: ModelDisk
    let configuration: DownloadConfiguration
    let report: @Sendable (DownloadEvent) -> Void

    /// Throws `DownloadError` or `CancellationError`; what was received is kept for the next time, unless it is wrong.
    func run() async throws {
        guard let url = URL(string: source) else {
            throw DownloadError(.invalidSetting, "The address of \(file.path) cannot be read.", cause: source)
        }
        do {
            try await fetch(from: url)
        } catch {
            await disk.leave()
            throw error
        }
    }

    private func fetch(from url: URL) async throws {
        let begun = try await disk.open(file, from: source)
        var machine = FetchMachine(
            file, from: url, schedule: configuration.retries, held: begun.held, eTag: begun.eTag)
        var action = machine.start()
        var cause = ""
        while true {
            switch action {
            case .request(let request): action = try await exchange(request, machine: &machine, cause: &cause)
            case .wait(let duration):
                report(.retrying(file: file.path, after: duration))
                try await configuration.pause(duration)
                action = machine.waited()
            case .verify:
                report(.verifying(file: file.path))
                action = machine.digested(await disk.digest)
            case .install: return try await disk.install()
            case .fail(let code, let message):
                // Bytes that are not those of the file are no beginning of it either.
                if code == .checksum { await disk.discard() }
                throw DownloadError(code, message, cause: cause)
            }
        }
    }

    private func exchange(
        _ request: FetchMachine.Request, machine: inout FetchMachine, cause: inout String
    ) async throws -> FetchMachine.Action {
        cause = ""
        if request.first == 0 { try await disk.clear() }
        do {
            return try await HTTPExchange(configuration).run(request) { head, body in
                switch machine.answered(head, jitter: configuration.jitter()) {
                case .leave(let action): return action
                case .receive(let first, let total, let eTag):
                    try await disk.begin(first: first, eTag: eTag)
                    return try await receive(body, first: first, total: total, machine: &machine)
                }
            }
        } catch let error as DownloadError {
            throw error
        } catch {
            try Task.checkCancellation()
            cause = "\(error)"
            let reason = Self.reason(error, within: configuration)
            return machine.broke(reason, held: await disk.byteCount, jitter: configuration.jitter())
        }
    }

    private func receive(
        _ body: HTTPClientResponse.Body, first: Int64, total: Int64?, machine: inout FetchMachine
    ) async throws -> FetchMachine.Action {
        var held = first
        report(.downloading(file: file.path, done: held, total: total))
        for try await block in body {
            guard machine.admits(held + Int64(block.readableBytes)) else { return machine.exceeded() }
            try await disk.append(block)
            held += Int64(block.readableBytes)
            if held != total { report(.downloading(file: file.path, done: held, total: total)) }
        }
        report(.downloading(file: file.path, done: held, total: held))
        return machine.ended(held: held, jitter: configuration.jitter())
    }

    private static func reason(_ error: any Error, within configuration: DownloadConfiguration) -> String {
        switch error as? HTTPClientError {
        case .connectTimeout: "no connection within \(configuration.connectTimeout.components.seconds) s"
        case .readTimeout, .deadlineExceeded: "no answer for \(configuration.stallTimeout.components.seconds) s"
        case .remoteConnectionClosed: "the connection was closed before the end"
        default: "the connection failed"
        }
    }
}
