/// How voices are grouped. Similarities are cosines, times are in seconds.
package struct SpeakerRules: Sendable, Hashable {
    /// The longest window of which a vector is made, and the time from one to the next in long speech.
    package var window = 1.5
    package var hop = 0.75
    /// The shortest window; a shorter phrase is read with what is around it.
    package var shortestWindow = 0.4
    /// A pause between words from which on a window does not cover both.
    package var pause = 0.2
    /// Windows below this length are labelled but do not found a speaker: their vectors are too uncertain.
    package var leastFoundingLength = 0.7

    /// Windows by which the number of speakers is estimated: fewest, most; and the largest estimate.
    package var leastEstimateCount = 8
    package var estimateCount = 250
    package var mostEstimated = 16

    /// A speaker is divided in two when the means of two groups of windows have a smaller cosine than this, and each group has
    /// at least so many windows that are so alike; the part of each row of similarities that counts there.
    package var sameVoice: Float = 0.7
    package var leastDivided = 4
    package var leastLikeness: Float = 0.2
    package var dividedShare = 0.05

    /// Average similarity from which on two clusters are one speaker, where windows are too few for an estimate.
    package var mergeSimilarity: Float = 0.35
    /// The same within a block, where clusters stay small and pure.
    package var blockSimilarity: Float = 0.55
    /// Clusters of a block that are left at least, so that a number of speakers that is given can be reached.
    package var leastInBlock = 20
    /// Founding windows that are clustered at a time.
    package var blockCount = 400
    /// Clusters that are kept of all blocks; beyond it the most similar ones are merged down to half.
    package var clusterLimit = 800
    /// Seconds of speech below which a cluster is no speaker of its own, where others are.
    package var leastSpeech: Float = 2.5

    /// Similarity that a change of speaker must gain, at a pause and within a phrase.
    package var changeCost: Float = 0.08
    package var changeCostInPhrase: Float = 0.22
    /// How far a change may be moved to a longer gap between words.
    package var changeReach = 0.6

    package init() {}
}
