/// Looks at the beginning of a stream of raw samples, to report that it is not what it was declared to be.
///
/// A stream of 16-bit little-endian mono samples is expected. Containers are recognised by their first bytes; other
/// sample formats by which reading of the bytes is the smoothest, since sound changes little from sample to sample; a
/// wrong rate by a voice that is too low or too high, or by how fast a live stream arrives.
public struct RawAudioCheck: Sendable {
    /// What the stream seems to be.
    public enum Finding: Sendable, Hashable {
        /// A container of this name.
        case container(String)
        /// Samples of another format, by ffmpeg's name of it, such as `f32le`.
        case sampleFormat(String)
        /// Interleaved samples of two channels.
        case stereo
        /// Another rate, in Hz.
        case sampleRate(Int)
    }

    /// Samples that are compared: two seconds at 16 kHz.
    private static let comparedByteCount = 64_000
    /// A mean power below this is silence, which says nothing (−50 dBFS).
    private static let silence = 1e-5
    /// Time after which the pace of a live stream is known.
    private static let paceDuration = 5.0
    /// How far a pace may be from a rate: clocks, and what waits in a pipe.
    private static let paceTolerance = 0.03

    private let sampleRate: Int
    private var start: [UInt8] = []
    private var loud: [UInt8] = []
    private var byteCount = 0
    private var pacedByteCount = 0
    private var pacedFrom: Double?
    private var isDecided = false

    /// Prepares for a stream that was declared to have this rate, in Hz.
    public init(sampleRate: Int) {
        self.sampleRate = max(1, sampleRate)
    }

    /// Takes the next bytes of the stream; returns what was found, once.
    ///
    /// - Parameter time: when they arrived, in seconds by any clock; `nil` where that says nothing.
    public mutating func append(_ bytes: [UInt8], at time: Double? = nil) -> Finding? {
        guard !isDecided else { return nil }
        let finding = container(bytes) ?? format(bytes) ?? time.flatMap { pace(bytes.count, at: $0) }
        byteCount += bytes.count
        isDecided = finding != nil
        return finding
    }

    private mutating func container(_ bytes: [UInt8]) -> Finding? {
        guard start.count < ContainerSignature.byteCount else { return nil }
        start += bytes.prefix(ContainerSignature.byteCount - start.count)
        return ContainerSignature.name(of: start).map { .container($0) }
    }

    /// Compares once, when enough was heard.
    private mutating func format(_ bytes: [UInt8]) -> Finding? {
        guard loud.count < Self.comparedByteCount else { return nil }
        // Samples must stay whole: what comes first decides where they begin.
        if loud.isEmpty, byteCount % 8 != 0 { return nil }
        if loud.isEmpty, SampleStatistics(bytes, as: .signed16).power < Self.silence { return nil }
        loud += bytes
        guard loud.count >= Self.comparedByteCount else { return nil }
        return Self.format(of: loud) ?? Pitch(loud, sampleRate: sampleRate).otherRate.map { .sampleRate($0) }
    }

    private static func format(of bytes: [UInt8]) -> Finding? {
        if SampleStatistics.areFloats(bytes) { return .sampleFormat("f32le") }
        let expected = SampleStatistics(bytes, as: .signed16)
        if expected.isInterleaved { return .stereo }
        guard expected.roughness > 0.5 else { return nil }
        let others = [
            ("s16be", SampleStatistics(bytes, as: .signed16, swapped: true)),
            ("u8", SampleStatistics(bytes, as: .unsigned8)), ("mulaw", SampleStatistics(bytes, as: .ulaw)),
            ("alaw", SampleStatistics(bytes, as: .alaw)), ("s24le", SampleStatistics(bytes, as: .signed24)),
            ("s32le", SampleStatistics(bytes, as: .signed32)),
        ]
        guard let best = others.min(by: { $0.1.roughness < $1.1.roughness }),
            best.1.roughness < 0.3 * expected.roughness
        else { return nil }
        return .sampleFormat(best.0)
    }

    /// A live stream brings a second of audio in a second; a file arrives as fast as it is taken.
    private mutating func pace(_ count: Int, at time: Double) -> Finding? {
        guard let from = pacedFrom else {
            pacedFrom = time
            return nil
        }
        pacedByteCount += count
        let elapsed = time - from
        guard elapsed >= Self.paceDuration else { return nil }
        let rate = Double(pacedByteCount / 2) / elapsed
        (pacedFrom, pacedByteCount) = (time, 0)
        guard abs(rate / Double(sampleRate) - 1) > Self.paceTolerance else { return nil }
        let others = PCMFormat.sampleRates.filter { $0 != sampleRate }
        if let other = others.first(where: { abs(rate / Double($0) - 1) < Self.paceTolerance }) {
            return .sampleRate(other)
        }
        return others.contains { abs(rate / Double(2 * $0) - 1) < Self.paceTolerance } ? .stereo : nil
    }
}

/// What the samples of a stretch have in common, under one reading of its bytes.
private struct SampleStatistics {
    /// Mean of the squares.
    let power: Double
    /// Power of the differences between neighbours, in relation to the power: 2 for noise, 4 at most.
    let roughness: Double
    /// Whether every second sample belongs to another channel.
    let isInterleaved: Bool

    init(_ bytes: [UInt8], as encoding: SampleEncoding, swapped: Bool = false) {
        var bytes = bytes
        if swapped {
            for index in stride(from: 0, to: bytes.count - 1, by: 2) { bytes.swapAt(index, index + 1) }
        }
        let all = bytes.withUnsafeBytes { encoding.planes(in: $0, channelCount: 1) }
        let mean = all.reduce(0, +) / Float(max(1, all.count))
        let samples = all.map { Double($0 - mean) }
        power = samples.reduce(0) { $0 + $1 * $1 } / Double(max(1, samples.count))
        // Differences to the next sample, by whether it begins or ends a pair, and to the one after.
        var (within, between, second) = (0.0, 0.0, 0.0)
        for index in samples.indices.dropLast(2) {
            let (next, afterNext) = (samples[index] - samples[index + 1], samples[index] - samples[index + 2])
            if index % 2 == 0 { within += next * next } else { between += next * next }
            second += afterNext * afterNext
        }
        let total = power * Double(max(1, samples.count))
        roughness = total > 0 ? (within + between) / total : 0
        let areCopies = within < 0.05 * between
        let areOthers = second < 0.5 * (within + between)
        isInterleaved = total > 0 && (areCopies || areOthers)
    }

    /// Whether the bytes are 32-bit floats of sound: within ±1, and not mostly tiny.
    ///
    /// 16-bit samples below zero make floats beyond any sound, and small ones above zero make tiny floats.
    static func areFloats(_ bytes: [UInt8]) -> Bool {
        let values = bytes.withUnsafeBytes { memory in
            stride(from: 0, through: memory.count - 4, by: 4).map {
                Float(bitPattern: memory.loadUnaligned(fromByteOffset: $0, as: UInt32.self).littleEndian)
            }
        }
        let beyond = values.count { !(abs($0) <= 1.5) }
        let heard = values.count { abs($0) > 1e-6 && abs($0) <= 1.5 }
        return beyond * 1000 < values.count && heard * 5 > 2 * values.count
    }
}

/// How high the voice in a stretch is.
private struct Pitch {
    /// A rate at which the voice would be that of a person; `nil` when it is one already.
    let otherRate: Int?

    /// Frames with a clear pitch that make a voice.
    private static let frameCount = 8
    private static let clarity = 0.75

    init(_ bytes: [UInt8], sampleRate: Int) {
        // Below 1 kHz no pitch of a voice is left.
        guard sampleRate >= 1_000 else {
            otherRate = nil
            return
        }
        // A voice's pitch shows at 4 kHz as well.
        let factor = max(1, sampleRate / 4000)
        let all = bytes.withUnsafeBytes { SampleEncoding.signed16.planes(in: $0, channelCount: 1) }
        let samples = stride(from: 0, through: all.count - factor, by: factor).map { start in
            all[start..<start + factor].reduce(0, +) / Float(factor)
        }
        let rate = sampleRate / factor
        let length = rate / 10
        var pitches = stride(from: 0, through: samples.count - length, by: length / 2).compactMap {
            Self.pitch(samples[$0..<$0 + length], sampleRate: rate)
        }
        pitches.sort()
        guard pitches.count >= Self.frameCount else {
            otherRate = nil
            return
        }
        let median = pitches[pitches.count / 2]
        // Voices of adults lie between 75 and 300 Hz; at a third of their rate, between 25 and 100.
        otherRate = median < 60 ? PCMFormat.sampleRates.last { $0 > 2 * sampleRate } : nil
    }

    /// The lag from 25 to 400 Hz at which the frame repeats best, in Hz.
    private static func pitch(_ frame: ArraySlice<Float>, sampleRate: Int) -> Double? {
        let samples = Array(frame)
        let lags = sampleRate / 400...sampleRate / 25
        guard samples.reduce(0, { $0 + $1 * $1 }) / Float(samples.count) > 1e-5 else { return nil }
        var best = (lag: 0, value: Self.clarity)
        for lag in lags {
            var (product, first, second): (Double, Double, Double) = (0, 0, 0)
            for index in 0..<samples.count - lag {
                let (a, b) = (Double(samples[index]), Double(samples[index + lag]))
                product += a * b
                first += a * a
                second += b * b
            }
            let value = product / max(1e-12, (first * second).squareRoot())
            // A multiple of the period repeats as well: a longer lag must be clearly better.
            if value > best.value + (best.lag > 0 ? 0.02 : 0) { best = (lag, value) }
        }
        return best.lag > 0 ? Double(sampleRate) / Double(best.lag) : nil
    }
}
