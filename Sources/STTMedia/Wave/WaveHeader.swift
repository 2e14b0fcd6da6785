/// Where the audio of a RIFF, RIFX, RF64 or BW64 WAVE lies, and what it is.
struct WaveHeader: Sendable, Hashable {
    let format: WaveFormat
    /// Offset of the first audio byte.
    let dataOffset: Int
    /// How many audio bytes there are at most; nil = until the source ends.
    let dataByteCount: Int?
    /// Whether all numbers are big-endian: RIFX.
    let isBigEndian: Bool

    /// A header of more chunks than this is not one.
    private static let chunkLimit = 1000
    /// The longest `fmt ` chunk in use has 40 bytes and some codec data.
    private static let formatByteLimit = 4096

    /// Nil when the source is not WAVE.
    static func read(from source: any ByteSource) throws(MediaError) -> WaveHeader? {
        let start = try source.bytes(at: 0, count: 12)
        guard start.count == 12, ["RIFF", "RIFX", "RF64", "BW64"].contains(start.identifier(at: 0)),
            start.identifier(at: 8) == "WAVE"
        else { return nil }
        let isBigEndian = start.identifier(at: 0) == "RIFX"
        var format: WaveFormat?
        var longDataByteCount: UInt64?
        var offset = 12
        for _ in 0..<chunkLimit {
            let chunk = try source.bytes(at: offset, count: 8)
            guard chunk.count == 8 else { break }
            let size = isBigEndian ? chunk.uint32(at: 4).byteSwapped : chunk.uint32(at: 4)
            offset += 8
            switch chunk.identifier(at: 0) {
            case "fmt ":
                let count = min(Int(size), formatByteLimit)
                let chunk = try source.bytes(at: offset, count: count)
                format = WaveFormat(isBigEndian ? chunk.withSwappedFormat : chunk)
            case "ds64":
                let sizes = try source.bytes(at: offset, count: 16)
                if sizes.count == 16 { longDataByteCount = sizes.uint64(at: 8) }
            case "data":
                guard let format else { throw .noParameters }
                let stated = size == .max ? longDataByteCount ?? UInt64(size) : UInt64(size)
                let count = try dataByteCount(stated, at: offset, in: source)
                return WaveHeader(
                    format: format, dataOffset: offset, dataByteCount: count, isBigEndian: isBigEndian)
            default: break
            }
            offset += Int(size) + Int(size & 1)
        }
        throw format == nil ? .noParameters : format?.coding == .g722 ? .noG722Data : .noDataChunk
    }

    /// What is really there of `stated` bytes; recorders that write to a pipe state 0 or the largest number.
    private static func dataByteCount(
        _ stated: UInt64, at offset: Int, in source: any ByteSource
    ) throws(MediaError) -> Int? {
        if stated == 0 {
            return try isChunk(at: offset, in: source) ? 0 : source.byteCount.map { max(0, $0 - offset) }
        }
        let unlimited = stated >= UInt64(UInt32.max) - 1 && stated <= UInt64(UInt32.max)
        let limit = unlimited ? Int.max : Int(clamping: stated)
        guard let present = source.byteCount.map({ max(0, $0 - offset) }) else { return unlimited ? nil : limit }
        return min(limit, present)
    }

    /// Whether one more chunk follows a data chunk of size 0, which then is truly empty.
    private static func isChunk(at offset: Int, in source: any ByteSource) throws(MediaError) -> Bool {
        let chunk = try source.bytes(at: offset, count: 8)
        guard chunk.count == 8, chunk[..<4].allSatisfy({ (0x20...0x7E).contains($0) }) else { return false }
        guard let byteCount = source.byteCount else { return false }
        return offset + 8 + Int(chunk.uint32(at: 4)) <= byteCount
    }
}

extension [UInt8] {
    /// The plain fields of a `fmt ` chunk, of 2, 2, 4, 4, 2 and 2 bytes, in the other byte order.
    fileprivate var withSwappedFormat: [UInt8] {
        guard count >= 16 else { return [] }
        return [0..<2, 2..<4, 4..<8, 8..<12, 12..<14, 14..<16].flatMap { self[$0].reversed() }
    }

    fileprivate func identifier(at offset: Int) -> String {
        String(decoding: self[offset..<offset + 4], as: UTF8.self)
    }
}
