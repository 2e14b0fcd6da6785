import Foundation

/// Sends datagrams to a Unix socket by name. A name that begins with `@` is one of Linux's abstract names.
struct DatagramSocket: Sendable {
    /// The address as the system wants it.
    private let address: sockaddr_un
    private let length: socklen_t

    /// `nil` for a name that no socket can have: empty, longer than the system's field, or with a zero byte.
    init?(_ name: String) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(name.utf8)
        guard name.hasPrefix("/") || name.hasPrefix("@"), bytes.count > 1, !bytes.contains(0) else { return nil }
        let isAbstract = name.hasPrefix("@")
        if isAbstract { bytes[0] = 0 }
        let room = MemoryLayout.size(ofValue: address.sun_path)
        // A path needs a zero behind it; an abstract name is delimited by its length alone (unix(7)).
        guard bytes.count <= (isAbstract ? room : room - 1) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 0
        self.address = address
        length = socklen_t(start + bytes.count + (isAbstract ? 0 : 1))
    }

    /// Sends one datagram; whether the system took it. Where too many wait for their reader it waits `seconds` at most.
    func send(_ text: String, waiting seconds: Int) -> Bool {
        #if os(Linux)
            let kind = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        #else
            let kind = SOCK_DGRAM
        #endif
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var limit = timeval(tv_sec: .init(seconds), tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let bytes = Array(text.utf8)
        var address = address
        let sent = withUnsafeBytes(of: &address) { address in
            // Bound memory is what the pointer was made of: a whole `sockaddr_un`, of which `length` bytes count.
            address.withMemoryRebound(to: sockaddr.self) {
                sendto(descriptor, bytes, bytes.count, seconds > 0 ? 0 : Int32(MSG_DONTWAIT), $0.baseAddress, length)
            }
        }
        return sent == bytes.count
    }
}
