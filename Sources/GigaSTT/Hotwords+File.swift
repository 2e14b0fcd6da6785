public import Foundation
public import STTValues

extension Hotwords {
    /// The largest file that is read: longer than `countLimit` lines of Russian names.
    static let fileByteLimit = 8 << 20

    /// Reads phrases from a file: UTF-8, a phrase a line, or `phrase<TAB>weight`. Empty lines and lines that begin with `#`
    /// are passed over; a weight that is no number counts as 1 (gigastt 2.3).
    ///
    /// Throws `GigaSTTError` with `invalidOption` for a file that cannot be read, is not UTF-8, or has more than
    /// `countLimit` phrases. Reads at most 8 MiB, and blocks meanwhile.
    public init(contentsOf url: URL, boost: Float = defaultBoost) throws(GigaSTTError) {
        let content: Data
        do {
            let file = try FileHandle(forReadingFrom: url)
            defer { try? file.close() }
            content = try file.read(upToCount: Self.fileByteLimit + 1) ?? Data()
        } catch {
            throw Self.failure("cannot be read. Check that it is there and may be read by this program.", url)
        }
        guard content.count <= Self.fileByteLimit else {
            throw Self.failure("is larger than 8 MiB. Give at most \(Self.countLimit) phrases.", url)
        }
        guard let text = String(validating: content, as: UTF8.self) else {
            throw Self.failure("is not UTF-8. Convert it, such as with iconv -f CP1251 -t UTF-8.", url)
        }
        self.init([], boost: boost)
        var rest = text.unicodeScalars.trimmingPrefix("\u{FEFF}".unicodeScalars)
        while !rest.isEmpty {
            let line = rest.prefix { $0 != "\n" && $0 != "\r" }
            rest = rest[line.endIndex...].dropFirst()
            guard let phrase = Self.phrase(String(line)) else { continue }
            guard phrases.count < Self.countLimit else {
                throw Self.failure(
                    "has more than \(Self.countLimit) phrases. Leave out those that are not needed.", url)
            }
            phrases.append(phrase)
        }
    }

    private static func phrase(_ line: String) -> Phrase? {
        let fields = line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
            .map { $0.trimmingCharacters(in: .whitespaces) }
        guard let text = fields.first, !text.isEmpty, !text.hasPrefix("#") else { return nil }
        let weight = fields.count > 1 ? Float(fields[1]) ?? 1 : 1
        return Phrase(text, weight: weight.isFinite ? weight : 1)
    }

    private static func failure(_ reason: String, _ url: URL) -> GigaSTTError {
        GigaSTTError(.invalidOption, "The file of hotwords \(reason)", detail: url.path)
    }
}
