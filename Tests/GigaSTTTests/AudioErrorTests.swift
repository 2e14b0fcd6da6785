import Foundation
import GigaSTT
import TestSupport
import Testing

/// Audio that cannot be read: an error that anybody may see.
@Suite struct AudioErrorTests {
    private struct Secret: Error, CustomStringConvertible {
        let description = "/srv/private/встреча.wav"
    }

    @Test func noBytesAreAnError() async throws {
        let error = await failure(of: .bytes([]))
        #expect(error?.code == .audioUnreadable)
        #expect(error?.message.isEmpty == false)
    }

    @Test func textIsNoAudio() async throws {
        let error = await failure(of: .bytes([UInt8]("Встреча назначена".utf8)))
        #expect(error?.code == .audioUnreadable)
        #expect(error?.description.contains("Встреча") == false)
        #expect(error?.message.contains("WAV") == true)
    }

    @Test func aFileThatIsNotThereIsNamedForTheOperatorOnly() async throws {
        let error = await failure(of: .file(URL(fileURLWithPath: "/nowhere/secret.wav")))
        #expect(error?.code == .audioUnreadable)
        #expect(error?.description.contains("secret") == false)
        #expect(error?.debugDescription.contains("/nowhere/secret.wav") == true)
    }

    @Test func aFolderIsNoRecording() async throws {
        let folder = try TemporaryFolder()
        let error = await failure(of: .file(folder.url))
        #expect(error?.code == .audioUnreadable)
        #expect(error?.message.contains("folder") == true)
        #expect(error?.description.contains(folder.url.lastPathComponent) == false)
    }

    @Test func aSourceThatFailsAfterSomeWordsTellsNeitherThemNorItsOwnError() async throws {
        let item = try Recordings.named("12")
        let bytes = [UInt8](try Data(contentsOf: item.url))
        let feed = ByteFeed()
        let error = await failure(
            of: feed.source(of: bytes) { handedOut in if handedOut > bytes.count * 3 / 4 { throw Secret() } })
        #expect(error?.code == .audioUnreadable)
        let texts = [error?.message, error?.description].compactMap(\.self)
        #expect(texts.count == 2)
        for text in texts {
            #expect(!text.contains("/"))
            for word in item.text.split(separator: " ") where word.count > 3 { #expect(!text.contains(word)) }
        }
    }

    @Test func anEncodingThatDoesNotExistIsAnInvalidOption() async throws {
        let error = #expect(throws: MediaError.self) { try HeaderlessEncoding(codec: .ulaw, sampleRate: 10) }
        #expect(error?.code == .invalidEncoding)
    }

    private func failure(of source: AudioSource) async -> GigaSTTError? {
        await #expect(throws: GigaSTTError.self) { try await SharedRecognizer.get().transcribe(source) }
    }
}
