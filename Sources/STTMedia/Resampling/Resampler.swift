/// Changes the sample rate of a signal that arrives in blocks.
///
/// The ratio is exact, the delay of the filter is taken out (an impulse at input time t comes out at t), and the blocks'
/// boundaries leave no trace: any splitting of the input gives the same samples, bit for bit. Costs about 0.1 % of one
/// core for a live 48 kHz stream. A block becomes `to / from` times as long: keep blocks short where that is much.
public struct Resampler: Sendable {
    /// Rates it can convert from, in Hz.
    public static let inputRates = 1...192_000
    /// Rates it can convert to, in Hz.
    public static let outputRates = 8000...192_000

    /// Nil when the rates are equal.
    private let filter: PolyphaseFilter?
    /// Whether output is limited to −1…1: a steep filter overshoots where a recording is clipped.
    private let clamps: Bool
    /// Input not yet done with; it begins with the window of the next output sample.
    private var input: [Float] = []
    /// Place of the next output sample between two input samples, in 1/`up`.
    private var phase = 0
    private var inputCount = 0
    private var outputCount = 0

    /// Prepares for a signal.
    ///
    /// - Throws: `MediaError` with code `unsupportedRate` for a rate outside ``inputRates`` or ``outputRates``.
    public init(from inputRate: Int, to outputRate: Int = 16_000) throws(MediaError) {
        try self.init(from: inputRate, to: outputRate, clamps: false)
    }

    init(from inputRate: Int, to outputRate: Int = 16_000, clamps: Bool) throws(MediaError) {
        guard Self.inputRates.contains(inputRate) else { throw .unsupportedRate(inputRate) }
        guard Self.outputRates.contains(outputRate) else { throw .unsupportedRate(outputRate) }
        filter = inputRate == outputRate ? nil : .shared(from: inputRate, to: outputRate)
        self.clamps = clamps
        reset()
    }

    /// Live audio has rates that are known to be valid.
    init(from format: PCMFormat) {
        filter = format.sampleRate == 16_000 ? nil : .shared(from: format.sampleRate, to: 16_000)
        clamps = true
        reset()
    }

    /// Takes the next samples and returns those that are complete; what is not finite counts as 0.
    public mutating func append(_ samples: [Float]) -> [Float] {
        var output: [Float] = []
        append(finite: samples.map(\.finiteOrZero), to: &output)
        return output
    }

    /// Takes the next samples, which are finite, and appends those that are complete.
    mutating func append(finite samples: [Float], to output: inout [Float]) {
        guard let filter else {
            if output.isEmpty { output = samples } else { output += samples }
            return
        }
        inputCount += samples.count
        input += samples
        append(to: &output, of: filter, upTo: .max)
    }

    /// Returns the rest, so that n input samples have given ⌈n · to / from⌉; a new signal may follow.
    public mutating func finish() -> [Float] {
        var output: [Float] = []
        finish(to: &output)
        return output
    }

    /// Appends the rest, as ``finish()`` returns it.
    mutating func finish(to output: inout [Float]) {
        defer { reset() }
        guard let filter, inputCount > 0 else { return }
        input.append(contentsOf: repeatElement(0, count: filter.reach))
        let total = (inputCount * filter.up + filter.down - 1) / filter.down
        append(to: &output, of: filter, upTo: total - outputCount)
    }

    private mutating func reset() {
        let before = filter.map { $0.tapCount - 1 - $0.reach } ?? 0
        input = [Float](repeating: 0, count: before)
        (phase, inputCount, outputCount) = (0, 0, 0)
    }

    /// Appends what the input allows, `limit` samples at most.
    private mutating func append(to output: inout [Float], of filter: PolyphaseFilter, upTo limit: Int) {
        let windowCount = input.count - filter.tapCount + 1
        guard windowCount > 0 else { return }
        let possible = (windowCount * filter.up - phase + filter.down - 1) / filter.down
        let (step, phaseStep) = filter.down.quotientAndRemainder(dividingBy: filter.up)
        let first = output.count
        output.append(contentsOf: repeatElement(0, count: max(0, min(limit, possible))))
        var start = 0
        var phase = phase
        output.withUnsafeMutableBufferPointer { output in
            input.withUnsafeBufferPointer { input in
                // Proof: `possible` counts the windows that lie within the input.
                guard let window = input.baseAddress else { return }
                for index in first..<output.count {
                    let value = filter.value(at: phase, of: window + start)
                    output[index] = clamps ? value.clampedToUnit : value
                    start += step
                    phase += phaseStep
                    if phase >= filter.up {
                        phase -= filter.up
                        start += 1
                    }
                }
            }
        }
        input.removeFirst(start)
        self.phase = phase
        outputCount += output.count - first
    }
}

extension Float {
    @inline(__always)
    fileprivate var finiteOrZero: Float { isFinite ? self : 0 }
}
