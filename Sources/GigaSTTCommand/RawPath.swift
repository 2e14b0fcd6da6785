import Foundation

/// A path as the system sees it: bytes, which need not be UTF-8.
struct RawPath: Sendable, Hashable {
    /// The bytes, without the zero at the end.
    let bytes: [UInt8]

    /// The path of an argument that `ArgumentBytes` has read.
    init(_ argument: String) { bytes = ArgumentBytes.bytes(of: argument) }

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// The path for messages; what is no text in it shows as U+FFFD.
    var description: String { String(decoding: bytes, as: UTF8.self) }

    /// The folder that the file is in.
    var folder: RawPath {
        guard let slash = bytes.lastIndex(of: Self.slash) else { return RawPath(bytes: [UInt8(ascii: ".")]) }
        return slash == 0 ? RawPath(bytes: [Self.slash]) : RawPath(bytes: Array(bytes[..<slash]))
    }

    /// Another file in the same folder.
    func sibling(_ name: String) -> RawPath {
        RawPath(bytes: folder.bytes + [Self.slash] + Array(name.utf8))
    }

    /// A URL for what takes no bytes. What is not UTF-8 at the start of the path is opened, once for the life of the
    /// process, and named by its descriptor.
    ///
    /// - Parameter makesFolders: Makes the folders that are opened if they are not there.
    func url(makesFolders: Bool = false) throws(SystemFailure) -> URL {
        if let text = String(validating: bytes, as: UTF8.self) { return URL(fileURLWithPath: text) }
        var (opened, rest) = (self, [[UInt8]]())
        // As little as possible is opened, so that what is behind it is looked up each time.
        while String(validating: opened.name.bytes, as: UTF8.self) != nil, opened.folder != opened {
            rest.insert(opened.name.bytes, at: 0)
            opened = opened.folder
        }
        if makesFolders { try opened.makeFolders() }
        let folder = URL(fileURLWithPath: "/dev/fd/\(try opened.open(O_RDONLY | O_NONBLOCK))")
        return rest.reduce(folder) { $0.appendingPathComponent(String(decoding: $1, as: UTF8.self)) }
    }

    /// A URL of the file that is valid as long as the result.
    func opened() throws(SystemFailure) -> OpenedPath {
        if let text = String(validating: bytes, as: UTF8.self) { return OpenedPath(URL(fileURLWithPath: text), nil) }
        let descriptor = try open(O_RDONLY | O_NONBLOCK)
        return OpenedPath(URL(fileURLWithPath: "/dev/fd/\(descriptor)"), descriptor)
    }

    /// A descriptor of the file, to be closed by the caller.
    func open(_ flags: Int32 = O_RDONLY, _ mode: mode_t = 0) throws(SystemFailure) -> Int32 {
        // Proof: open(2) reads the path within the call.
        let descriptor = unsafe Foundation.open(cString, flags | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw SystemFailure() }
        return descriptor
    }

    /// The name of the file without its folder and the last extension.
    var stem: RawPath {
        let name = bytes.lastIndex(of: Self.slash).map { Array(bytes[($0 + 1)...]) } ?? bytes
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot > 0 else { return RawPath(bytes: name) }
        return RawPath(bytes: Array(name[..<dot]))
    }

    /// The path that the last component leads to by symbolic links, of which one may lead nowhere.
    func followingLinks() -> RawPath {
        var path = self
        for _ in 0..<40 {
            var target = [UInt8](repeating: 0, count: Int(PATH_MAX))
            // Proof: readlink(2) writes at most the size of the array, which is all its own.
            let count = unsafe target.withUnsafeMutableBytes { memory in
                unsafe memory.baseAddress.map { unsafe readlink(path.cString, $0, memory.count) } ?? -1
            }
            guard count > 0 else { return path }
            let link = Array(target[..<count])
            path = RawPath(bytes: link[0] == Self.slash ? link : path.folder.bytes + [Self.slash] + link)
        }
        return path
    }

    /// The extension of the file in lower case, without the dot; empty when there is none.
    var fileExtension: String {
        let name = bytes.lastIndex(of: Self.slash).map { bytes[($0 + 1)...] } ?? bytes[...]
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex else { return "" }
        return String(decoding: name[(dot + 1)...], as: UTF8.self).lowercased()
    }

    /// What the path leads to from this folder.
    func appending(_ path: RawPath) -> RawPath {
        bytes.isEmpty || bytes.last == Self.slash
            ? RawPath(bytes: bytes + path.bytes) : RawPath(bytes: bytes + [Self.slash] + path.bytes)
    }

    /// The path on one line: control characters, and bytes that are not UTF-8, as `\xNN`.
    var printable: String {
        ArgumentBytes.text(bytes).unicodeScalars.map { scalar in
            let bytes = ArgumentBytes.bytes(of: String(scalar))
            let isPlain = scalar.value >= 0x20 && scalar.value != 0x7F && String(scalar).utf8.elementsEqual(bytes)
            return isPlain
                ? String(scalar) : bytes.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }.joined()
    }

    /// The path as a C string, with the zero at its end.
    var cString: [CChar] { bytes.map { CChar(bitPattern: $0) } + [0] }

    private static let slash = UInt8(ascii: "/")
}

/// A URL, with the descriptor that it names where the path is not UTF-8.
final class OpenedPath: Sendable {
    let url: URL
    private let descriptor: Int32?

    fileprivate init(_ url: URL, _ descriptor: Int32?) { (self.url, self.descriptor) = (url, descriptor) }

    deinit {
        if let descriptor { close(descriptor) }
    }
}

/// An error of the system, by its number.
struct SystemFailure: Error {
    let number: Int32

    init(_ number: Int32 = errno) { self.number = number }

    /// The system's own words.
    var reason: String {
        // Proof: strerror(3) returns a C string that lives until the next call; it is copied at once.
        guard let text = unsafe strerror(number) else { return "error \(number)" }
        // Proof: see above.
        return unsafe String(cString: text)
    }
}
