import Foundation
import GigaSTT
import NIOCore
import TestSupport
import Testing

@testable import GigaSTTServer

/// The protocols that carry no key, with keys configured, at an address of this machine that is not loopback.
@Suite struct KeylessPortTests {
    /// The first IPv4 address of an interface that is not loopback.
    private static let address: String? = {
        let addresses = (try? System.enumerateDevices())?.compactMap { $0.address?.ipAddress } ?? []
        return addresses.first { !$0.hasPrefix("127.") && !$0.contains(":") }
    }()

    /// Whether a test that cannot run here fails instead of being skipped.
    private static let isRequired = ProcessInfo.processInfo.environment["GIGASTT_TEST_REQUIRE_ALL"] == "1"

    /// What a client at that address gets before it has sent audio: the status of the upgrade, or the kind of what it is sent.
    ///
    /// - Parameter awaitsRefusal: The client sends nothing: a refusal comes at once, and the connection may be closed before
    ///   it could send.
    private static func answer(
        _ listener: ProtocolPort, at host: String, _ port: Int, awaitsRefusal: Bool
    ) async throws -> String {
        var client = try await WireClient(host: host, port: port)
        switch listener {
        case .vosk: return "\(try await client.request("GET", "/", WireClient.upgradeFields).status)"
        case .wyoming:
            if !awaitsRefusal { try await client.send(raw: Array(#"{"type":"describe"}"#.utf8) + [10]) }
            return try await client.line().contains(#""type":"error""#) ? "refused" : "admitted"
        case .audiosocket:
            // The UUID of a call, then the end; a refusal hangs up.
            if !awaitsRefusal {
                try await client.send(raw: [1, 0, 16] + Array(repeating: 7, count: 16) + [0, 0, 0])
            }
            return await client.remainingBytes() == [0, 0, 0] ? "refused" : "admitted"
        }
    }

    @Test(
        .enabled(if: isRequired || address != nil, "This machine has no address but loopback."),
        arguments: ProtocolPort.allCases)
    func otherMachinesNeedConsent(listener: ProtocolPort) async throws {
        let host = try #require(Self.address)
        let file = try KeyFile("test transcribe 0123456789abcdef\n")
        for ranges in [[], [try #require(AddressRange(host))]] {
            let expected = listener == .vosk ? ["401", "101"] : ["refused", "admitted"]
            try await RunningServer.use(
                listener,
                {
                    $0.listeners[listener] = ListenAddress("0.0.0.0:0")
                    $0.allowsNonLoopback = true
                    $0.apiKeyFile = file.path
                    $0.keylessRanges = ranges
                }
            ) { port, _ in
                let answer = try await Self.answer(listener, at: host, port, awaitsRefusal: ranges.isEmpty)
                #expect(answer == expected[ranges.count])
            }
        }
    }
}
