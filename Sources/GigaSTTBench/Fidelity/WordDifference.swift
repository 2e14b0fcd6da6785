/// How the words of one encoder differ from those of another.
struct WordDifference {
    /// Words that one has between two words that both have, and the other lacks.
    struct Run: Encodable, Equatable {
        /// Words that the first one has here, and what the second has in their place.
        let expected: [String]
        let found: [String]
        /// More words lost than came instead, or fewer.
        var isDeleted: Bool { expected.count > found.count }
    }

    /// Fewest words that are a run.
    static let runLength = 3

    /// Stretches where one has at least `runLength` words more than the other. A word that was misheard within a lost
    /// phrase changes nothing: it stands for one of the words.
    let runs: [Run]
    /// Insertions, deletions and substitutions.
    let errors: Int

    /// Cost: memory and time of the product of the counts; texts of some minutes.
    init(expected: [String], found: [String]) {
        let (rows, columns) = (expected.count + 1, found.count + 1)
        var costs = [Int32](repeating: 0, count: rows * columns)
        for column in 0..<columns { costs[column] = Int32(column) }
        for row in 1..<max(1, rows) {
            costs[row * columns] = Int32(row)
            for column in 1..<max(1, columns) {
                let place = row * columns + column
                let change: Int32 = expected[row - 1] == found[column - 1] ? 0 : 1
                costs[place] = min(
                    costs[place - columns - 1] + change, costs[place - columns] + 1, costs[place - 1] + 1)
            }
        }
        errors = Int(costs[costs.count - 1])
        runs = Self.runs(expected, found, costs, columns)
    }

    /// Goes back from the end; what lies between two equal words is one stretch.
    private static func runs(_ expected: [String], _ found: [String], _ costs: [Int32], _ columns: Int) -> [Run] {
        var runs: [Run] = []
        var (row, column) = (expected.count, found.count)
        var end = (row, column)
        func close() {
            let run = Run(expected: Array(expected[row..<end.0]), found: Array(found[column..<end.1]))
            if abs(run.expected.count - run.found.count) >= runLength { runs.append(run) }
        }
        while row > 0 || column > 0 {
            let cost = costs[row * columns + column]
            if row > 0, column > 0, expected[row - 1] == found[column - 1],
                costs[(row - 1) * columns + column - 1] == cost
            {
                close()
                (row, column) = (row - 1, column - 1)
                end = (row, column)
            } else if row > 0, column > 0, costs[(row - 1) * columns + column - 1] + 1 == cost {
                (row, column) = (row - 1, column - 1)
            } else if row > 0, costs[(row - 1) * columns + column] + 1 == cost {
                row -= 1
            } else {
                column -= 1
            }
        }
        close()
        return runs.reversed()
    }
}
