import Foundation
import TestSupport
import Testing

@testable import GigaSTTServer

@Suite struct APIKeyFileTests {
    private static let text = """
        \u{FEFF}# Кто что может
        phone   transcribe         first-key-0123456789

        \t  ops.team-1\tadmin,metrics\tsha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD\r
            # the last line has no end
        both transcribe,admin,metrics zweiter?key>0123456~
        """

    @Test func keysAreReadAndFound() throws {
        let content = try APIKeyFile.parse(Array(Self.text.utf8))
        #expect(content.holdsSecrets && content.keys.count == 3)
        #expect(content.keys.holder(of: "first-key-0123456789") == .init(name: "phone", roles: .transcribe))
        // The digest of FIPS 180-4's first example.
        #expect(content.keys.holder(of: "abc") == .init(name: "ops.team-1", roles: [.admin, .metrics]))
        #expect(content.keys.holder(of: "zweiter?key>0123456~")?.roles == [.transcribe, .admin, .metrics])
        for wrong in ["", "first-key-012345678", "first-key-01234567890", "First-key-0123456789", "phone", "ключ"] {
            #expect(content.keys.holder(of: wrong) == nil, "\(wrong)")
        }
    }

    @Test func digestsAreNoSecrets() throws {
        let digest = "69b77ee1cdf87aef4d4e3a2e14f3b6d0fff6ba26a0a1d2a5ccd6e54ff2b4c0ae"
        #expect(try APIKeyFile.parse(Array("a admin sha256:\(digest)".utf8)).holdsSecrets == false)
    }

    @Test(arguments: [
        ("a admin", "line 1 is not of the form"), ("a admin SECRET-0123456789 more", "line 1 is not of the form"),
        ("\n\nname! admin SECRET-0123456789", "line 3 has a name"),
        ("имя admin SECRET-0123456789", "line 1 has a name"),
        ("\(String(repeating: "n", count: 65)) admin SECRET-0123456789", "line 1 has a name"),
        ("a root SECRET-0123456789", "line 1 has a role"), ("a admin, SECRET-0123456789", "line 1 has a role"),
        ("a , SECRET-0123456789", "line 1 has a role"), ("a Admin SECRET-0123456789", "line 1 has a role"),
        ("a admin SECRET-01234567", "line 1 has a key that is not 16 to 256"),
        ("a admin SECRET-\(String(repeating: "x", count: 250))", "line 1 has a key that is not 16 to 256"),
        ("a admin SECRET-ключ-0123456789", "line 1 has a key that is not 16 to 256"),
        ("a admin sha256:SECRET", "line 1 has a sha256:"), ("a admin SHA256:abcd", "line 1 has a key that is not"),
        ("a admin sha256:\(String(repeating: "g", count: 64))", "line 1 has a sha256:"),
        ("a admin SECRET-0123456789\n#\nb admin SECRET-0123456789", "line 3 has the key of line 1 again"),
        ("", "the file holds no key"), ("# a admin SECRET-0123456789", "the file holds no key"),
    ])
    func badLinesAreNamedAndNotQuoted(text: String, claim: String) throws {
        let error = #expect(throws: ServerError.self) { try APIKeyFile.parse(Array(text.utf8)) }
        #expect(error?.code == .fileUnusable)
        #expect(error?.message.hasPrefix("--api-key-file: \(claim)") == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("SECRET") == false)
    }

    @Test func bytesThatAreNoTextAreRefused() {
        #expect(throws: ServerError.self) { try APIKeyFile.parse([0x61, 0x20, 0xFF, 0xFE, 0x20, 0x00]) }
        #expect(throws: ServerError.self) { try APIKeyFile.parse(Array(repeating: 0, count: 1_000)) }
    }

    @Test func keysAreCounted() throws {
        let lines = (0..<1_001).map { "k admin key-number-\(100_000 + $0)\n" }
        #expect(try APIKeyFile.parse(Array(lines.dropLast().joined().utf8)).keys.count == 1_000)
        let error = #expect(throws: ServerError.self) { try APIKeyFile.parse(Array(lines.joined().utf8)) }
        #expect(error?.message.contains("line 1001 is one key more than the 1000 allowed") == true)
    }
}

@Suite struct SettingFileTests {
    @Test func sizeIsBounded() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Data([1, 2, 3, 4]), as: "file")
        #expect(try SettingFile(path, option: "--x", byteLimit: 4).bytes == [1, 2, 3, 4])
        let error = #expect(throws: ServerError.self) { try SettingFile(path, option: "--x", byteLimit: 3) }
        #expect(error?.message.contains("it has more than 3 bytes") == true)
        #expect(throws: ServerError.self) { try SettingFile("/dev/zero", option: "--x", byteLimit: 3) }
    }

    @Test func whatIsNoFileIsRefusedWithoutItsPath() throws {
        let folder = try TemporaryFolder()
        #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
        for path in [folder.url.path, folder.path("missing"), folder.path("pipe"), ""] {
            let error = #expect(throws: ServerError.self) { try SettingFile(path, option: "--x", byteLimit: 9) }
            #expect(error?.code == .fileUnusable && error?.message.hasPrefix("--x: the file cannot be read") == true)
            #expect(error?.message.contains(folder.url.lastPathComponent) == false)
        }
    }

    @Test func rightsOfOthersAreTold() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Data([1]), as: "file")
        for (mode, reads, writes) in [(0o600, false, false), (0o640, false, false), (0o644, true, false)]
            + [(0o602, false, true)]
        {
            #expect(chmod(path, mode_t(mode)) == 0)
            let file = try SettingFile(path, option: "--x", byteLimit: 9)
            #expect(file.isReadableByOthers == reads && file.isWritableByOthers == writes)
        }
    }
}
