import Foundation
import STTValues

/// The files of a folder of voices: `ID.json`, mode 0600, in a folder of mode 0700.
struct VoiceFolder: Sendable {
    /// A voice of 4,096 values has 22 KB.
    private static let byteLimit = 1 << 16
    private static let fileExtension = ".json"
    private static let unfinishedExtension = ".new"
    /// A file that is older is not being written any more.
    private static let longestWrite = 60.0

    let url: URL

    private struct File: Codable {
        var version = 1
        var name: String
        var model: String
        var seconds: Double
        var created: Double
        /// 32-bit floats, little-endian.
        var vector: Data
    }

    /// Makes the folder. Throws `invalidOption` for one that others may read.
    func prepare() throws(GigaSTTError) {
        let manager = FileManager.default
        do {
            if !manager.fileExists(atPath: url.path) {
                try manager.createDirectory(
                    at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            }
            let facts = try manager.attributesOfItem(atPath: url.path)
            guard facts[.type] as? FileAttributeType == .typeDirectory else { throw CocoaError(.fileReadUnknown) }
            let mode = (facts[.posixPermissions] as? NSNumber)?.intValue ?? 0
            guard mode & 0o077 == 0 else {
                throw GigaSTTError(
                    .invalidOption,
                    "The folder of known voices can be read by other users. Run `chmod 700` on it, or name another one.",
                    detail: url.path)
            }
            // A folder that cannot be changed can still be read.
            try? removeUnfinished(olderThan: Self.longestWrite)
        } catch let error as GigaSTTError {
            throw error
        } catch {
            throw failure("used", error)
        }
    }

    /// When a file was added or removed last.
    func changed() throws(GigaSTTError) -> Date {
        do {
            let facts = try FileManager.default.attributesOfItem(atPath: url.path)
            return facts[.modificationDate] as? Date ?? .distantPast
        } catch {
            throw failure("read", error)
        }
    }

    /// The names of the files, without the extension; at most as many as there may be voices.
    func identifiers() throws(GigaSTTError) -> Set<String> {
        do {
            let names = try FileManager.default.contentsOfDirectory(atPath: url.path)
            let ids = names.filter { $0.hasSuffix(Self.fileExtension) && !$0.hasPrefix(".") }
                .map { String($0.dropLast(Self.fileExtension.count)) }
            return Set(ids.sorted().prefix(KnownVoices.limit))
        } catch {
            throw failure("read", error)
        }
    }

    /// The voice in a file; `nil` for anything else.
    func read(_ id: String) -> EnrolledVoice? {
        guard let handle = try? FileHandle(forReadingFrom: place(of: id)) else { return nil }
        defer { try? handle.close() }
        guard let data = try? handle.read(upToCount: Self.byteLimit + 1), data.count <= Self.byteLimit,
            let file = try? JSONDecoder().decode(File.self, from: data), file.version == 1,
            let name = try? VoicePrint.checkedName(file.name), !file.vector.isEmpty, file.vector.count % 4 == 0
        else { return nil }
        let bytes = [UInt8](file.vector)
        let vector = stride(from: 0, to: bytes.count, by: 4).map { at in
            Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) })
        }
        guard vector.allSatisfy(\.isFinite) else { return nil }
        let print = VoicePrint(name: name, vector: vector, seconds: file.seconds, model: file.model)
        return EnrolledVoice(id: id, created: file.created, print: print)
    }

    /// Writes a voice: all of it or nothing.
    func write(_ voice: EnrolledVoice) throws(GigaSTTError) {
        let bytes = voice.print.vector.flatMap { value in
            (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> UInt32(8 * $0)) }
        }
        let file = File(
            name: voice.print.name, model: voice.print.model, seconds: voice.print.seconds, created: voice.created,
            vector: Data(bytes))
        let manager = FileManager.default
        let temporary = url.appendingPathComponent(".\(voice.id)\(Self.unfinishedExtension)")
        do {
            let data = try JSONEncoder().encode(file)
            guard
                manager.createFile(
                    atPath: temporary.path, contents: data, attributes: [.posixPermissions: 0o600])
            else { throw CocoaError(.fileWriteUnknown) }
            try manager.moveItem(at: temporary, to: place(of: voice.id))
        } catch {
            try? manager.removeItem(at: temporary)
            throw failure("written", error)
        }
    }

    /// Removes a file; one that is gone is no error.
    func remove(_ id: String) throws(GigaSTTError) {
        do {
            try FileManager.default.removeItem(at: place(of: id))
        } catch let error as CocoaError where error.code == .fileNoSuchFile {
            return
        } catch {
            throw failure("changed", error)
        }
    }

    /// Removes what a process left that ended while it wrote a voice.
    func removeUnfinished() throws(GigaSTTError) {
        do {
            try removeUnfinished(olderThan: -.infinity)
        } catch {
            throw failure("changed", error)
        }
    }

    private func removeUnfinished(olderThan age: TimeInterval) throws {
        let manager = FileManager.default
        for name in try manager.contentsOfDirectory(atPath: url.path)
        where name.hasPrefix(".") && name.hasSuffix(Self.unfinishedExtension) {
            let id = name.dropFirst().dropLast(Self.unfinishedExtension.count)
            guard id.utf8.count == 32, id.allSatisfy(\.isHexDigit) else { continue }
            let file = url.appendingPathComponent(name)
            // Another process may have finished it.
            guard let date = try? manager.attributesOfItem(atPath: file.path)[.modificationDate] as? Date,
                -date.timeIntervalSinceNow > age
            else { continue }
            try manager.removeItem(at: file)
        }
    }

    private func place(of id: String) -> URL { url.appendingPathComponent(id + Self.fileExtension) }

    private func failure(_ verb: String, _ error: any Error) -> GigaSTTError {
        GigaSTTError(
            .invalidOption,
            "The folder of known voices cannot be \(verb). Check its permissions and the space of the disk.",
            detail: "\(url.path): \(error)")
    }
}
