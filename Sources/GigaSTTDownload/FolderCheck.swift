public import Foundation
import STTValues

/// The files of a model folder, compared by content.
public struct FolderCheck: Sendable, Hashable {
    /// The state of one file.
    public enum State: Sendable, Hashable {
        /// Its content is the pinned one.
        case matches
        /// Its content is another; the digest it has.
        case differs(sha256: String)
        /// Nothing is known about it, or it was made on this machine under the name of a published file.
        case notPinned
        /// It belongs to a head of which an encoder is here, and is not.
        case missing
    }

    /// One file and its state.
    public struct Entry: Sendable, Hashable {
        /// Path below the folder.
        public let path: String
        /// What was found.
        public let state: State
        /// Of a file that matches: its form, where there are several.
        public var form: ModelFile.Form?
    }

    /// All files found or missed, sorted by path.
    public let entries: [Entry]

    /// Whether some pinned file is here and all match.
    public var isSound: Bool {
        entries.contains { $0.state == .matches } && !entries.contains { $0.isFault }
    }

    /// The files with another content as an error with the code `checksum`; `nil` when there are none.
    public var damage: DownloadError? {
        let damaged = entries.filter { if case .differs = $0.state { true } else { false } }.map(\.path)
        if damaged.isEmpty { return nil }
        return DownloadError(
            .checksum,
            "\(damaged.joined(separator: ", ")): the content is not what was published. Run `gigastt download` to "
                + "replace it.")
    }

    /// Reads every file of `folder` and compares it with its pin; at about the speed of the disk. Calls `reading` with
    /// the path before each, and `isOwn` with a file whose content is not the pinned one: whether it is certain that it was made
    /// here, and is no damaged download. Throws `DownloadError` or `CancellationError`.
    public init(
        of folder: URL, catalog: ModelCatalog = .standard, isOwn: @Sendable (URL) -> Bool = { _ in false },
        reading: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws {
        let disk = ModelDisk(folder)
        let found = try await disk.paths()
        let known = Dictionary(grouping: catalog.allFiles, by: \.path)
        var entries: [Entry] = []
        for path in found {
            guard let files = known[path] else {
                entries.append(Entry(path: path, state: .notPinned))
                continue
            }
            reading(path)
            let digest = try await disk.digest(ofFile: path)
            let match = files.first { $0.sha256 == digest }
            let isPinned = match != nil || !isOwn(folder.appendingPathComponent(path))
            let state = match != nil ? State.matches : isPinned ? .differs(sha256: digest) : .notPinned
            entries.append(Entry(path: path, state: state, form: match?.form))
        }
        entries += catalog.companionsMissing(beside: Set(found)).map { Entry(path: $0, state: .missing) }
        self.entries = entries.sorted { $0.path < $1.path }
    }
}

extension FolderCheck.Entry {
    /// Whether the file is wrong or missing.
    public var isFault: Bool {
        switch state {
        case .matches, .notPinned: false
        case .differs, .missing: true
        }
    }
}

extension ModelCatalog {
    /// What the heads whose encoder is among `paths` lack, each path once.
    func companionsMissing(beside paths: Set<String>) -> [String] {
        let present = heads.values.filter { head in
            paths.contains(head.quantized.path) || head.float.map { paths.contains($0.path) } ?? false
        }
        return Set(present.flatMap(\.companions).map(\.path)).subtracting(paths).sorted()
    }
}
