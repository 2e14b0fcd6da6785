public import Foundation
public import STTValues

/// Downloads the files of a model into a folder: fetches missing files, resumes interrupted ones, and rejects what does not
/// match its pinned SHA-256.
///
/// Any number of processes may call this for one folder: they take turns, and a file is fetched once.
public struct ModelDownloader: Sendable {
    /// Where the files go.
    public let folder: URL
    /// Which files there are.
    public let catalog: ModelCatalog
    /// How the network is used.
    public let configuration: DownloadConfiguration

    /// A downloader for `folder`; nothing happens yet.
    public init(
        folder: URL, catalog: ModelCatalog = .standard, configuration: DownloadConfiguration = DownloadConfiguration()
    ) {
        self.folder = folder
        self.catalog = catalog
        self.configuration = configuration
    }

    /// Makes sure that the head's files are in the folder; see `ensure(_:progress:)` for a selection.
    public func ensure(
        _ head: RecognitionHead, encoder: ModelSelection.Encoder = .quantized,
        progress: @escaping @Sendable (DownloadEvent) -> Void = { _ in }
    ) async throws {
        try await ensure(ModelSelection(head, encoder: encoder), progress: progress)
    }

    /// Makes sure that the files of `selection` are in the folder and match their pins. Does not write to the folder,
    /// nor open a connection, when they do already. A file that is there with another content is replaced, unless the
    /// selection keeps it.
    ///
    /// `progress` is called often and in order; let `ProgressPacer` thin it out. Memory: a few blocks, whatever the
    /// size of the files. Throws `DownloadError`, or `CancellationError` when the task is cancelled; then the part that
    /// was received stays in `<name>.partial` for the next call.
    public func ensure(
        _ selection: ModelSelection, progress: @escaping @Sendable (DownloadEvent) -> Void = { _ in }
    ) async throws {
        try await ensure(selection, missing: { _ in }, progress: progress)
    }

    /// `missing` is called with the files that are to be fetched, again when another process has fetched some of them.
    func ensure(
        _ selection: ModelSelection, missing report: @escaping @Sendable ([ModelFile]) -> Void,
        progress: @escaping @Sendable (DownloadEvent) -> Void
    ) async throws {
        let files = try catalog.files(for: selection)
        let disk = ModelDisk(folder)
        let missing = try await missing(files, of: selection, on: disk, progress: progress)
        report(missing)
        if let first = missing.first {
            if configuration.isOffline { throw await offline(first, of: missing.count, on: disk) }
            try await fetch(missing, of: selection, on: disk, report: report, progress: progress)
        }
        progress(.done(folder: folder))
    }

    /// What a download of `selection` would fetch now. Reads the files that are there; opens no connection.
    ///
    /// Throws `DownloadError` with the code `notPublished` or `disk`.
    public func plan(for selection: ModelSelection) async throws -> DownloadPlan {
        let missing = try await missing(catalog.files(for: selection), of: selection, on: ModelDisk(folder)) { _ in }
        return DownloadPlan(files: missing, sources: missing.map { configuration.mirror?.source(of: $0) ?? $0.source })
    }

    private func fetch(
        _ files: [ModelFile], of selection: ModelSelection, on disk: ModelDisk,
        report: @escaping @Sendable ([ModelFile]) -> Void,
        progress: @escaping @Sendable (DownloadEvent) -> Void
    ) async throws {
        try await disk.makeFolders(for: files)
        let lock = try await FolderLock(
            folder, limit: configuration.lockTimeout, pause: configuration.pause,
            waiting: { progress(.waiting(holder: $0)) })
        // The lock lasts as long as the object, which is to see the end of this function.
        defer { withExtendedLifetime(lock) {} }
        await disk.sweep(for: files)
        // The process that held the lock before may have fetched them.
        let files = try await missing(files, of: selection, on: disk, progress: progress)
        report(files)
        for file in files {
            let source = configuration.mirror?.source(of: file) ?? file.source
            let fetch = FileFetch(
                file: file, source: source, disk: disk, configuration: configuration, report: progress)
            try await fetch.run()
        }
    }

    private func missing(
        _ files: [ModelFile], of selection: ModelSelection, on disk: ModelDisk,
        progress: @escaping @Sendable (DownloadEvent) -> Void
    ) async throws -> [ModelFile] {
        var missing: [ModelFile] = []
        for file in files {
            if selection.keepsFiles, await disk.exists(file) { continue }
            let accepted = catalog.alternatives(to: file, in: selection)
            let held = try await disk.held(of: accepted) { progress(.verifying(file: file.path)) }
            if held == nil { missing.append(file) }
        }
        return missing
    }

    private func offline(_ file: ModelFile, of count: Int, on disk: ModelDisk) async -> DownloadError {
        let place = folder.appendingPathComponent(file.path)
        if await disk.exists(file) {
            return DownloadError(
                .checksum,
                "\(file.path) is not the pinned file, and offline mode (GIGASTT_OFFLINE=1) refuses to download it. "
                    + "Copy it again.",
                place: place)
        }
        let others = count > 1 ? " and \(count - 1) more" : ""
        return DownloadError(
            .offline, "offline mode (GIGASTT_OFFLINE=1): refusing to download \(file.path)\(others)", place: place)
    }
}
