import Synchronization

extension ModelDownloader {
    /// How far a download is, over all of its files.
    public struct Progress: Sendable, Hashable {
        /// What the download does at the moment.
        public enum Activity: Sendable, Hashable {
            /// Another process downloads into the folder; its number when it is known.
            case waiting(holder: Int32?)
            /// Bytes of a file arrive.
            case downloading
            /// A file is compared with its pin.
            case verifying
            /// A try has failed; the next one begins after a wait.
            case retrying(after: Duration)
            /// All files are in place.
            case done
        }

        /// What happens.
        public internal(set) var activity: Activity
        /// The file that this is about: its path below the folder.
        public internal(set) var file: String?
        /// Bytes that are here, of the files that had to be fetched. Fewer than before when a server cannot resume.
        public internal(set) var completedByteCount: Int64
        /// Bytes of all files that had to be fetched: estimated for a file until its server states the size.
        public internal(set) var totalByteCount: Int64

        /// The share that is here, 0…1; 1 when nothing had to be fetched.
        public var fraction: Double {
            if totalByteCount == 0 { return activity == .done ? 1 : 0 }
            return min(Double(completedByteCount) / Double(totalByteCount), 1)
        }
    }

    /// Makes sure that the files of `selection` are in the folder, as `ensure(_:progress:)` does, and reports the progress
    /// of the whole in the caller's isolation: a view can be updated directly.
    ///
    /// While `onProgress` runs, only the newest progress is kept; the last call has the activity `done`. Throwing from it,
    /// or cancelling the task, ends the download: what was received stays for the next call, which resumes it.
    ///
    /// Throws `DownloadError`, `CancellationError`, and what `onProgress` throws.
    nonisolated(nonsending) public func download(
        _ selection: ModelSelection, onProgress: (Progress) async throws -> Void
    ) async throws {
        let (reports, arrival) = AsyncStream.makeStream(of: Progress.self, bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { arrival.finish() }
                let tally = SharedTally()
                try await ensure(
                    selection, missing: { tally.begin($0) }, progress: { arrival.yield(tally.receive($0)) })
            }
            // Throwing from here cancels the download and waits for its end.
            for await progress in reports { try await onProgress(progress) }
            try await group.waitForAll()
        }
    }
}

/// A tally that closures share.
private final class SharedTally: Sendable {
    private let tally = Mutex(DownloadTally())

    func begin(_ files: [ModelFile]) { tally.withLock { $0.begin(files) } }
    func receive(_ event: DownloadEvent) -> ModelDownloader.Progress { tally.withLock { $0.receive(event) } }
}
