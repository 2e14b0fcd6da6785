import Foundation
import STTEncoderCache
import TestSupport
import Testing

/// SHA-256 against the examples of FIPS 180-4 and what `sha256sum` says.
@Suite struct ContentDigestTests {
    static let examples = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ]

    @Test(arguments: examples) func theStandardsExamplesComeOut(_ text: String, _ digest: String) {
        #expect(ContentDigest.of(text) == digest)
    }

    /// `head -c 1000000 /dev/zero | tr '\0' a | sha256sum`
    @Test(arguments: [1, 63, 64, 65, 1_000]) func theDigestDoesNotDependOnTheBlocks(size: Int) {
        let bytes = [UInt8](repeating: 97, count: 10_000)
        var digest = ContentDigest()
        for _ in 0..<100 {
            for start in stride(from: 0, to: bytes.count, by: size) {
                bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { digest.update($0) }
            }
            if size == 1 { break }
        }
        // Ten thousand letters for the blocks of one, else a million.
        let expected =
            size == 1
            ? "27dd1f61b867b6a0f6e9d8a41c43231de52107e53ae424de8f847b821db4b711"
            : "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        #expect(digest.hexadecimal == expected)
    }

    @Test func readingAFileCanBeCancelled() throws {
        let folder = try TemporaryFolder()
        let file = URL(fileURLWithPath: try folder.write(Data(count: 3 << 20), as: "zeros"))
        #expect(
            try ContentDigest.ofFile(file) == "bbd05cf6097ac9b1f89ea29d2542c1b7b67ee46848393895f5a9e43fa1f621e5")
        var questions = 0
        #expect(throws: CancellationError.self) {
            _ = try ContentDigest.ofFile(file) {
                questions += 1
                return questions == 2
            }
        }
        #expect(questions == 2)
    }
}
