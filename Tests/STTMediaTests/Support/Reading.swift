import STTMedia
import Synchronization

/// A recording read to its end.
struct Reading: Sendable {
    let properties: AudioProperties
    let samples: [Float]
    let skippedPacketCount: Int

    init(_ source: AudioSource, blockSize: Int = 16_000) throws(MediaError) {
        let reader = try AudioReader(source)
        var samples: [Float] = []
        while true {
            let block = try reader.read(upTo: blockSize)
            if block.isEmpty { break }
            samples += block
        }
        properties = reader.properties
        self.samples = samples
        skippedPacketCount = reader.skippedPacketCount
    }

    /// The error that reading ends with, nil when there is none.
    static func failure(_ source: AudioSource) -> MediaError? {
        do throws(MediaError) {
            _ = try Reading(source)
            return nil
        } catch {
            return error
        }
    }
}

extension AudioSource {
    /// The bytes as they come from a network: in order, a few at a time, their number unknown.
    static func trickle(_ bytes: [UInt8], atMost step: Int = 1000) -> AudioSource {
        let position = Mutex(0)
        return .stream { target in
            position.withLock { position in
                let count = min(target.count, step, bytes.count - position)
                target.copyBytes(from: bytes[position..<position + count])
                position += count
                return count
            }
        }
    }
}
