import STTInference
import STTValues
import TestSupport
import Testing

@testable import STTRecognition

/// Recordings are admitted once; what they submit later waits its turn.
@Suite struct RecordingAdmissionTests {
    private let command = Result { try Recording.samples("01_commands.wav") + [Float](repeating: 0, count: 16_000) }

    /// A lane of files for two waiting windows.
    private func booth() throws -> Booth {
        try Booth { $0.waiting = PerLane(activity: 8, final: 8, partial: 8, file: 2) }
    }

    private func recording(_ booth: Booth, crowded: Int? = nil) -> RecognitionStream {
        booth.stream {
            $0.finalLane = .file
            $0.undecodedLimit = 64
            $0.crowdedCount = crowded
        }
    }

    /// Feeds a whole recording of several utterances and returns its words.
    private static func read(_ stream: RecognitionStream, _ samples: [Float]) async throws -> [String] {
        async let feeding: Void = {
            for _ in 0..<3 { try await stream.append(samples) }
            try await stream.finish()
        }()
        let events = try await stream.rest()
        try await feeding
        return events.flatMap { if case .final(let segment) = $0 { segment.words.map(\.text) } else { [String]() } }
    }

    @Test func aRecordingInProgressWaitsInAFullLaneAndLosesNothing() async throws {
        let samples = try command.get()
        let alone = try await mustEnd { [booth = try booth()] in try await Self.read(recording(booth), samples) }
        let booth = try booth()
        let gate = await booth.occupy()
        let streams = (0..<2).map { _ in recording(booth) }
        try await mustEnd {
            // Each has more windows waiting than the lane has places.
            for _ in 0..<2 { for stream in streams { try await stream.append(samples) } }
            #expect(booth.queue.waitingCount(.file) > 2)
            // One that comes now is refused at once.
            let late = recording(booth)
            let refusal = await #expect(throws: GigaSTTError.self) {
                try await late.append(samples)
                _ = try await late.rest()
            }
            #expect(refusal?.code == .overloaded)
            gate.open()
            for stream in streams {
                async let feeding: Void = {
                    try await stream.append(samples)
                    try await stream.finish()
                }()
                let events = try await stream.rest()
                try await feeding
                let words = events.flatMap { event in
                    if case .final(let segment) = event { segment.words.map(\.text) } else { [String]() }
                }
                #expect(words == alone)
            }
        }
        #expect(booth.queue.statistics.lanes.file.refused == 1)
    }

    @Test func aRecordingHasOneWindowWaitingWhereTheLaneIsCrowded() async throws {
        let samples = try command.get()
        let booth = try Booth()
        let gate = await booth.occupy()
        let first = recording(booth, crowded: 1)
        let spacious = recording(booth, crowded: 1_000)
        try await mustEnd {
            try await spacious.append(samples + samples)
            #expect(spacious.hasRoom)
            #expect(booth.queue.waitingCount(.file) > 1)
            try await withThrowingTaskGroup(of: [String].self) { group in
                group.addTask { try await Self.read(first, samples) }
                // It waits with one window until the lane is free, however much audio there is.
                while first.hasRoom { await Task.yield() }
                spacious.cancel()
                #expect(booth.queue.waitingCount(.file) == 1)
                gate.open()
                let words = try await group.next()
                #expect(words?.isEmpty == false)
            }
        }
    }
}
