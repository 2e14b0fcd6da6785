/// Word errors of a text against a reference.
public enum WordErrors {
    /// Insertions, deletions and substitutions of the shortest edit of words.
    public static func count(_ hypothesis: String, against reference: String) -> Int {
        let (a, b) = (reference.split(separator: " "), hypothesis.split(separator: " "))
        var row = Array(0...b.count)
        for (i, word) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in b.enumerated() {
                let above = row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, diagonal + (word == other ? 0 : 1))
                diagonal = above
            }
        }
        return row[b.count]
    }
}
