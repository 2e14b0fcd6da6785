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

    /// A URL for what takes no bytes. A path that is not UTF-8 is opened, once for the life of the process, and named by
    /// its descriptor.
    func url() throws(SystemFailure) -> URL {
        if let text = String(validating: bytes, as: UTF8.self) { return URL(fileURLWithPath: text) }
        // Proof: open(2) reads the path within the call.
        let descriptor = unsafe open(cString, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemFailure() }
        return URL(fileURLWithPath: "/dev/fd/\(descriptor)")
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

    /// The path as a C string, with the zero at its end.
    var cString: [CChar] { bytes.map { CChar(bitPattern: $0) } + [0] }

    private static let slash = UInt8(ascii: "/")
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
