import COnnxRuntime
package import Foundation

/// The loaded ONNX Runtime shared library: its C function table and where it came from.
package struct OrtLibrary {
    let api: UnsafePointer<OrtApi>
    /// The library's version, e.g. `1.32.0`.
    package let version: String
    /// The file or loader name that was opened.
    package let path: String

    /// The environment variable that names the library file, or the folder that holds it.
    package static let environmentVariable = "ONNXRUNTIME_LIB"

    /// Opens the first usable library of `searchPath()`. Cost: milliseconds; the library stays loaded for good.
    package static func load() throws(OrtError) -> OrtLibrary { try load(from: searchPath()) }

    static func load(from candidates: [String]) throws(OrtError) -> OrtLibrary {
        var attempts: [String] = []
        for candidate in candidates {
            var opened = cort_open(candidate)
            if let api = opened.api {
                return OrtLibrary(api: api, version: String(cString: opened.version), path: candidate)
            }
            let reason = withUnsafeBytes(of: &opened.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            attempts.append("\(candidate): \(reason)")
        }
        throw OrtError(
            .libraryMissing,
            "ONNX Runtime was not found. Run `make setup`, or set \(environmentVariable) to the library file.",
            detail: attempts.isEmpty ? "no library file in \(environmentVariable)" : attempts.joined(separator: "; "))
    }

    /// The files and names to try, in order.
    ///
    /// `ONNXRUNTIME_LIB` if set (then nothing else: silently loading another copy would be worse than failing); on Apple's
    /// systems the program itself, into which it may be linked; beside the library that this code is linked into; beside the
    /// executable; the frameworks of an app; `../lib/gigastt`; `/usr/local/lib/gigastt`; the dynamic loader's own search, on
    /// macOS Homebrew's folders and `@rpath`.
    package static func searchPath() -> [String] {
        searchPath(
            setting: ProcessInfo.processInfo.environment[environmentVariable], imageFolder: imageFolder,
            executableFolder: Bundle.main.bundleURL, frameworks: Bundle.main.privateFrameworksURL)
    }

    /// The folder of the program or library that this code is linked into; `nil` where the loader does not say.
    package static var imageFolder: URL? {
        // Proof: the loader keeps the name as long as the image is loaded, and this code is part of it.
        guard let path = cort_image_path().map({ String(cString: $0) }), path.contains("/") else { return nil }
        return URL(fileURLWithPath: path).resolvingSymlinksInPath().deletingLastPathComponent()
    }

    /// The rule behind `searchPath()`; `setting` is the value of the environment variable.
    static func searchPath(
        setting: String?, imageFolder: URL? = nil, executableFolder: URL, frameworks: URL? = nil
    ) -> [String] {
        if let setting, !setting.isEmpty {
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: setting, isDirectory: &isFolder)
            return exists && isFolder.boolValue ? libraries(in: URL(fileURLWithPath: setting)) : [setting]
        }
        return linked
            + [imageFolder, executableFolder, frameworks].compactMap(\.self).flatMap { libraries(in: $0) }
            + [frameworks?.appendingPathComponent("onnxruntime.framework/onnxruntime").path].compactMap(\.self)
            .filter { FileManager.default.fileExists(atPath: $0) }
            + libraries(in: executableFolder.deletingLastPathComponent().appendingPathComponent("lib/gigastt"))
            + libraries(in: URL(fileURLWithPath: "/usr/local/lib/gigastt"))
            + loaderNames
    }

    #if os(Linux)
        private static let linked: [String] = []
        /// Names that the loader looks up in its own folders.
        private static let loaderNames = ["libonnxruntime.so", "libonnxruntime.so.1"]
    #else
        /// Microsoft's package for Apple's systems is a static library; an empty name is the program.
        private static let linked = [""]
        /// No bare names: dlopen(3) would also look for them in the current folder.
        private static let loaderNames = ["/opt/homebrew/lib", "/usr/local/lib", "@rpath"].map {
            "\($0)/libonnxruntime.dylib"
        }
    #endif

    /// Library files in a folder, the newest version first: a wheel has only the long name with the version.
    private static func libraries(in folder: URL) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter(isLibrary)
            .sorted { $0.compare($1, options: .numeric) == .orderedDescending }
            .map { folder.appendingPathComponent($0).path }
    }

    /// Whether a name is `libonnxruntime.so` or `.dylib`, with a version before or after. No regular expression: compiling
    /// one for each file took longer than opening the library.
    private static func isLibrary(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let others = parts.dropFirst().filter { $0.isEmpty || !$0.allSatisfy(\.isWholeNumber) }
        return parts.first == "libonnxruntime" && (others == ["so"] || others == ["dylib"])
    }

    /// Turns a C status into an error and frees it.
    @inline(__always)
    func check(_ status: OpaquePointer?) throws(OrtError) {
        guard let status else { return }
        defer { api.pointee.ReleaseStatus(status) }
        throw OrtError(
            status: api.pointee.GetErrorCode(status),
            text: api.pointee.GetErrorMessage(status).map { String(cString: $0) } ?? "")
    }

    /// Calls a creator of the form `f(…, &out)`.
    @inline(__always)
    func make(_ create: (inout OpaquePointer?) -> OpaquePointer?) throws(OrtError) -> OpaquePointer {
        var out: OpaquePointer?
        try check(create(&out))
        guard let out else { throw OrtError(.runFailed, "ONNX Runtime returned no object.") }
        return out
    }
}

// Proof: the table is immutable after loading, process-wide and never unloaded.
extension OrtLibrary: @unchecked Sendable {}
