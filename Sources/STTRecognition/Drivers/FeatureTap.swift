package import STTValues

/// A second view of the audio of a stream: the features of another front end for each utterance, such as those that a
/// model of speakers reads.
///
/// It keeps the features from the end of the last final on: as much audio as the stream itself holds.
package struct FeatureTap: Sendable {
    private var frontEnd: any FrontEnd
    private var timeline: FeatureTimeline
    private let deliver: @Sendable (Segment, FeatureWindow) -> Void

    /// - Parameter deliver: Gets each final with the features of its time, in the order of the finals, before they can be
    ///   read. The stream is locked meanwhile: it must neither wait nor call the stream. Work on a model belongs into the queue.
    package init(_ frontEnd: any FrontEnd, deliver: @escaping @Sendable (Segment, FeatureWindow) -> Void) {
        self.frontEnd = frontEnd
        timeline = FeatureTimeline(bandCount: frontEnd.geometry.bandCount)
        self.deliver = deliver
    }

    mutating func append(_ samples: [Float]) { timeline.append(frontEnd.append(samples).values) }

    /// Takes the features of a final and delivers them.
    mutating func take(_ segment: Segment) {
        let geometry = frontEnd.geometry
        let start = geometry.featureFrames(seconds: segment.start)
        let end = max(start, geometry.featureFrames(seconds: segment.end))
        let window = timeline.window(start..<end)
        timeline.discard(before: end)
        deliver(segment, window)
    }
}
