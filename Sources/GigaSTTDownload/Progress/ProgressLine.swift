/// The progress line of a file, drawn over the one before.
public enum ProgressLine {
    /// `Downloading v3_vocab.txt... 50% (0.1MB / 0.2MB)`; without a percentage while the size is not known.
    /// One MB is 2^20 bytes.
    public static func text(file: String, done: Int64, total: Int64?) -> String {
        guard let total, let percent = ProgressPacer.percent(done, of: total) else {
            return "Downloading \(file)... \(megabytes(done))"
        }
        return "Downloading \(file)... \(percent)% (\(megabytes(done)) / \(megabytes(total)))"
    }

    private static func megabytes(_ bytes: Int64) -> String {
        let tenths = (bytes * 10 + 1 << 19) >> 20
        return "\(tenths / 10).\(tenths % 10)MB"
    }
}
