import Foundation
import STTRecognition

/// A recording of the demo: a canonical WAV file of 16-bit samples, mono, 16 kHz.
enum Recording {
    struct Unreadable: Error { let name: String }

    static func samples(_ name: String) throws -> [Float] {
        let bytes = [UInt8](try Data(contentsOf: Repository.recordings.appendingPathComponent(name)))
        func number(_ offset: Int, _ count: Int) -> Int {
            bytes[offset..<offset + count].reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        // Format 1 (PCM), 1 channel, 16 000 Hz, 16 bits.
        guard bytes.count > 44, number(20, 2) == 1, number(22, 2) == 1, number(24, 4) == 16_000, number(34, 2) == 16
        else { throw Unreadable(name: name) }
        var offset = 12
        while offset + 8 <= bytes.count {
            let size = number(offset + 4, 4)
            if bytes[offset..<offset + 4].elementsEqual("data".utf8) {
                return stride(from: offset + 8, to: min(offset + 8 + size, bytes.count) - 1, by: 2).map {
                    Float(Int16(truncatingIfNeeded: number($0, 2))) / 32_768
                }
            }
            offset += 8 + size + size % 2
        }
        throw Unreadable(name: name)
    }

    static func features(_ name: String) throws -> FeatureBlock {
        var logMel = LogMel()
        return logMel.append(try samples(name))
    }
}
