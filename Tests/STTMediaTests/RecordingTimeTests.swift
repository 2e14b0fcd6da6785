import Foundation
import Testing

@testable import STTMedia

/// A sample's place is its time in the recording, as FFmpeg's own program sees it.
@Suite struct RecordingTimeTests {
    /// A packet is the smallest thing that can be missing or too much at an end: 2048 samples at 48 kHz, of WMA.
    static let packet = 0.045

    private func seconds(_ samples: [Float]) -> Double { Double(samples.count) / 16_000 }

    /// The shift, in seconds, at which `samples` fit the test signal that is due at `time`, and how well they fit.
    private func shift(_ samples: [Float], at time: Double, within reach: Double = 0.06) -> (Double, Double) {
        let signal = Array(TestSignal.at16k[3000..<15_000])
        let start = Int(time * 16_000) + 3000
        let lags = stride(from: -Int(reach * 16_000), through: Int(reach * 16_000), by: 1)
        let found = lags.map { lag -> (Int, Double) in
            guard start + lag >= 0, start + lag + signal.count <= samples.count else { return (lag, 0) }
            return (
                lag, Measures.correlation(Array(samples[start + lag..<start + lag + signal.count]), signal, margin: 0)
            )
        }
        let best = found.max { $0.1 < $1.1 } ?? (0, 0)
        return (Double(best.0) / 16_000, best.1)
    }

    private func level(_ samples: [Float], _ range: Range<Double>) -> Double {
        Measures.power(samples[Int(range.lowerBound * 16_000)..<Int(range.upperBound * 16_000)]).squareRoot()
    }

    @Test(arguments: TimedRecordings.kinds)
    func aHoleBecomesSilence(_ kind: TimedRecordings.Kind) throws {
        let (whole, holed) = (try TimedRecordings.whole(kind), try TimedRecordings.withHole(kind))
        let reference = try TimedRecordings.readByProgram(holed)
        let samples = try Reading(.file(holed)).samples
        #expect(abs(seconds(samples) - seconds(reference)) < Self.packet)
        guard kind.hasTimes else { return }
        let unbroken = try Reading(.file(whole)).samples
        #expect(abs(seconds(samples) - seconds(unbroken)) < Self.packet)
        // Several frames of MP2 share a packet of an MPEG program stream and go with it.
        if kind.fileExtension != "mpg" { #expect(level(samples, 1.2..<2.8) < 1e-3) }
        // The last repetition of the signal begins at three lengths of it, in both.
        let time = 3 * Double(TestSignal.count48k) / 48_000
        let (shift, fit) = shift(samples, at: time)
        let (expected, _) = self.shift(unbroken, at: time)
        #expect(abs(shift - expected) < 0.03 && fit > 0.9)
        note("hole", kind, samples, reference, shift)
    }

    @Test(arguments: TimedRecordings.kinds.filter(\.hasTimes))
    func aLateStartIsKept(_ kind: TimedRecordings.Kind) throws {
        let url = try TimedRecordings.late(kind)
        let reader = try AudioReader(.file(url))
        let samples = try Reading(.file(url)).samples
        let reference = kind.isReadByProgram ? try TimedRecordings.readByProgram(url) : nil
        if let reference { #expect(abs(seconds(samples) - seconds(reference)) < Self.packet) }
        let (shift, fit) = shift(samples, at: TimedRecordings.delay, within: 0.1)
        note("late start", kind, samples, reference, shift)
        #expect(level(samples, 0.1..<1.9) < 1e-3)
        // Fragments without an edit list: ffmpeg writes the first packet at 0 and the rest 80 ms late.
        #expect(abs(shift) < (kind.options.isEmpty ? 0.03 : 0.1) && fit > 0.9, "\(shift) s late")
        let length = TimedRecordings.delay + 4 * Double(TestSignal.count48k) / 48_000
        #expect(abs(seconds(samples) - length) < (kind.options.isEmpty ? Self.packet : 0.1))
        if let stated = reader.properties.duration, kind.fileExtension != "asf", kind.fileExtension != "ogg" {
            #expect(abs(stated - seconds(samples)) < 0.2)
        }
    }

    @Test(arguments: TimedRecordings.kinds)
    func encoderDelayNeitherShiftsNorLosesAudio(_ kind: TimedRecordings.Kind) throws {
        let url = try TimedRecordings.whole(kind)
        let samples = try Reading(.file(url)).samples
        let (shift, fit) = shift(samples, at: 0)
        note("whole", kind, samples, try TimedRecordings.readByProgram(url), shift)
        // MP3 in Matroska, fragmented MP4, MPEG streams and FLV do not state the encoder's delay; WMA's is a frame.
        let states = ["mp4", "mov", "mkv", "webm", "ogg"].contains(kind.fileExtension) && kind.options.isEmpty
        #expect(abs(shift) < (states && kind.codec != "libmp3lame" ? 0.001 : Self.packet), "\(shift) s late")
        #expect(fit > 0.9)
    }

    /// With GIGASTT_PRINT_TIMES=1, a line of the table in docs/formats.md.
    private func note(
        _ what: String, _ kind: TimedRecordings.Kind, _ samples: [Float], _ reference: [Float]?, _ shift: Double
    ) {
        guard ProcessInfo.processInfo.environment["GIGASTT_PRINT_TIMES"] == "1" else { return }
        let own = String(format: "%.3f", seconds(samples))
        let program = reference.map { String(format: "%.3f", seconds($0)) } ?? "–"
        print("| \(kind.testDescription) | \(what) | \(own) | \(program) | \(String(format: "%+.1f", shift * 1000)) |")
    }

    @Test func aPartOfAStreamBeginsAtZero() throws {
        // Broadcasts and fragments of a live stream have times far from 0.
        let kind = try #require(TimedRecordings.kinds.first { $0.fileExtension == "mkv" })
        let whole = try TimedRecordings.whole(kind)
        let part = try TimedRecordings.folder().appendingPathComponent("part.ts")
        try FFmpegCommand.run([
            "-i", whole.path, "-c:a", "mp2", "-output_ts_offset", "40000", part.path,
        ])
        let samples = try Reading(.file(part)).samples
        #expect(abs(seconds(samples) - 6) < Self.packet)
    }

    /// Ten hours between two tones: one block, whatever its length.
    @Test func aGapOfHoursIsOneBlock() throws {
        let tone = [Float](repeating: 0.5, count: 8000)
        let reader = AudioReader(TimedBlocks([(0, tone), (36_000, tone)]))
        var blocks: [MediaBlock] = []
        while let block = try reader.nextBlock(upTo: 16_000) { blocks.append(block) }
        #expect(blocks.map(\.count) == [8000, 36_000 * 16_000 - 8000, 8000])
        #expect(blocks[1] == .silence(36_000 * 16_000 - 8000))
    }

    @Test func shortAndLongGapsAreReadAsZeros() throws {
        let tone = [Float](repeating: 0.5, count: 1600)
        for gap in [0.2, 7.0] {
            let reader = AudioReader(TimedBlocks([(0, tone), (0.1 + gap, tone)]))
            var samples: [Float] = []
            while case let block = try reader.read(upTo: 1000), !block.isEmpty { samples += block }
            #expect(samples == tone + [Float](repeating: 0, count: Int((gap * 16_000).rounded())) + tone)
        }
    }

    @Test func damageAtTheEndKeepsItsPlace() throws {
        let tone = [Float](repeating: 0.5, count: 1600)
        let reader = AudioReader(TimedBlocks([(0, tone), (0.5, [])]))
        var count = 0
        while case let block = try reader.read(upTo: 1000), !block.isEmpty { count += block.count }
        #expect(count == 8000)
    }
}

/// Blocks of 16 kHz samples with their times.
private final class TimedBlocks: AudioDecoder {
    let properties = AudioProperties(
        container: "blocks", codec: "none", sampleRate: 16_000, channelCount: 1, duration: nil)
    let skippedPacketCount = 0
    let tracks: [AudioTrack] = []
    private var blocks: [DecodedBlock]

    init(_ blocks: [(time: Double, samples: [Float])]) {
        self.blocks = blocks.map { DecodedBlock(samples: $0.samples, sampleRate: 16_000, time: $0.time) }
    }

    func read(upTo count: Int) throws(MediaError) -> DecodedBlock {
        blocks.isEmpty ? DecodedBlock(sampleRate: 16_000) : blocks.removeFirst()
    }
}
