package import Foundation

/// The folder below which files may be recognised where they are.
package struct ReferenceFolder: Sendable, Hashable {
    private let root: String

    /// A folder by its path.
    package init(_ path: String) { root = path }

    /// The file at a relative path, with all symbolic links followed; `nil` when there is none, or when it is not below
    /// the folder. Blocks.
    package func file(_ path: String) -> URL? {
        guard !path.isEmpty, !path.hasPrefix("/"), !path.utf8.contains(0),
            let folder = Self.resolved(root), let file = Self.resolved(root + "/" + path)
        else { return nil }
        let prefix = folder.hasSuffix("/") ? folder : folder + "/"
        guard file.utf8.starts(with: prefix.utf8) else { return nil }
        let url = URL(fileURLWithPath: file, isDirectory: false)
        let isFile = try? url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile
        return isFile == true ? url : nil
    }

    /// The path without links and dots; `nil` when nothing is there.
    private static func resolved(_ path: String) -> String? {
        guard let text = realpath(path, nil) else { return nil }
        defer { free(text) }
        return String(validatingCString: text)
    }
}
