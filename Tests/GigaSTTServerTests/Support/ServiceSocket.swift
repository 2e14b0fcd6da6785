import Foundation
import Synchronization
import TestSupport

/// The socket on which a service manager hears of its services.
final class ServiceSocket: Sendable {
    /// What `NOTIFY_SOCKET` says.
    let name: String
    private let descriptor: Int32
    private let path: String?

    /// A socket with a path of its own, or with one of Linux's abstract names.
    init(isAbstract: Bool = false) throws {
        let unique = "gigastt-\(UUID().uuidString.prefix(8))"
        path = isAbstract ? nil : FileManager.default.temporaryDirectory.appendingPathComponent(unique).path
        name = path ?? "@\(unique)"
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = isAbstract ? [0] + Array(unique.utf8) : Array(name.utf8) + [0]
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        #if os(Linux)
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        #else
            descriptor = socket(AF_UNIX, SOCK_DGRAM, 0)
        #endif
        // Who waits for a message that is never sent is to fail, not to hang.
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let length = socklen_t(2 + bytes.count)
        let bound = withUnsafeBytes(of: &address) {
            $0.withMemoryRebound(to: sockaddr.self) { bind(descriptor, $0.baseAddress, length) }
        }
        guard bound == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    /// The next message; empty when none comes within a minute.
    func next() async -> String {
        await onThread { [descriptor] in
            var bytes = [UInt8](repeating: 0, count: 1_024)
            let count = recv(descriptor, &bytes, bytes.count, 0)
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }
    }

    deinit {
        close(descriptor)
        if let path { unlink(path) }
    }
}
