/// The windows of an utterance, and the labels of its words.
enum SpeakerWindows {
    typealias Window = SpeakerTimeline.Window

    /// The windows of words within an utterance: none covers a pause between two phrases.
    static func windows(
        _ words: [Range<Double>], in utterance: Range<Double>, _ rules: SpeakerRules, after lastEnd: Double
    ) -> [Window] {
        var phrases: [Range<Double>] = []
        for word in words.map({ $0.clamped(to: utterance) }) {
            if let last = phrases.last, word.lowerBound - last.upperBound < rules.pause {
                phrases[phrases.count - 1] = last.lowerBound..<max(last.upperBound, word.upperBound)
            } else {
                phrases.append(word)
            }
        }
        var windows: [Window] = []
        var lastEnd = lastEnd
        for phrase in phrases {
            // A pause is never 0, so that a phrase is told from the inside of one.
            let pause = max(phrase.lowerBound - lastEnd, .ulpOfOne)
            lastEnd = phrase.upperBound
            windows += split(phrase, pause: pause, in: utterance, rules)
        }
        return windows
    }

    private static func split(
        _ phrase: Range<Double>, pause: Double, in utterance: Range<Double>, _ rules: SpeakerRules
    ) -> [Window] {
        let length = phrase.upperBound - phrase.lowerBound
        guard length > rules.window else {
            // Too short: with what is around it.
            let extra = max(0, rules.shortestWindow - length) / 2
            let read = (phrase.lowerBound - extra..<phrase.upperBound + extra).clamped(to: utterance)
            guard read.upperBound - read.lowerBound >= rules.shortestWindow / 2 else { return [] }
            return [Window(read: read, labelled: phrase, pause: pause, speech: length)]
        }
        let count = Int(((length - rules.window) / rules.hop).rounded(.up)) + 1
        let step = (length - rules.window) / Double(count - 1)
        return (0..<count).map { index in
            let start = phrase.lowerBound + step * Double(index)
            let middle = start + rules.window / 2
            let low = index == 0 ? phrase.lowerBound : middle - step / 2
            let high = index == count - 1 ? phrase.upperBound : middle + step / 2
            return Window(
                read: start..<min(start + rules.window, phrase.upperBound), labelled: low..<high,
                pause: index == 0 ? pause : 0, speech: rules.window)
        }
    }

    /// The label of each word: that of the windows which most of its time lies in.
    static func labels(
        of words: ArraySlice<Range<Float>>, _ windows: [Window], _ labels: [Int], _ rules: SpeakerRules
    ) -> [Int?] {
        var spans = zip(windows, labels).map { (time: $0.labelled, label: $1) }
        // A change within a phrase moves to the longest gap between words near it.
        for index in spans.indices.dropFirst()
        where windows[index].pause == 0 && spans[index].label != spans[index - 1].label {
            let change = border(near: spans[index].time.lowerBound, words, rules.changeReach)
            let (low, high) = (spans[index - 1].time.lowerBound, spans[index].time.upperBound)
            let kept = min(max(change, low), high)
            spans[index - 1].time = low..<kept
            spans[index].time = kept..<high
        }
        return words.map { word in
            var times: [Int: Double] = [:]
            for span in spans {
                let (start, end) = (Double(word.lowerBound), Double(word.upperBound))
                let overlap = min(end, span.time.upperBound) - max(start, span.time.lowerBound)
                // A word without a duration counts where it is.
                if overlap > 0 || (overlap == 0 && start == end) { times[span.label, default: 0] += max(overlap, 1e-6) }
            }
            return times.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
        }
    }

    private static func border(near time: Double, _ words: ArraySlice<Range<Float>>, _ reach: Double) -> Double {
        var best = (time: time, value: -Double.infinity)
        for (word, next) in zip(words, words.dropFirst()) {
            let gap = Double(next.lowerBound - word.upperBound)
            let middle = Double(next.lowerBound + word.upperBound) / 2
            let distance = abs(middle - time)
            guard distance <= reach else { continue }
            let value = max(0, gap) - 0.1 * distance
            if value > best.value { best = (middle, value) }
        }
        return best.time
    }
}
