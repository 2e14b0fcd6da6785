import Foundation

/// The phones of a recording, by the labels that a person or an aligner gave it.
struct PhoneLabels {
    /// Each phone that is not a pause, in seconds.
    let phones: [Range<Double>]

    /// Reads labels in the form of Festival and xwaves: a header that ends with a line `#`, then a line for each phone with
    /// its end in seconds, a colour, and its name. A phone begins where the one before ends.
    ///
    /// `nil` when a line has another form.
    init?(_ text: String, pauses: Set<String>) {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.split(whereSeparator: \.isWhitespace) }
        let start = lines.firstIndex { $0 == ["#"] }.map { $0 + 1 } ?? 0
        var phones: [Range<Double>] = []
        var last = 0.0
        for line in lines[start...] where !line.isEmpty {
            guard line.count >= 3, let end = Double(line[0]), end.isFinite, end >= last else { return nil }
            if !pauses.contains(String(line[2])), end > last { phones.append(last..<end) }
            last = end
        }
        self.phones = phones
    }
}
