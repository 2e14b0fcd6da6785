/// Which files of a watched folder are complete: a machine that is fed with the folder's contents at each poll.
struct WatchMachine {
    private struct Known {
        var file: BatchSource
        var unchangedPolls = 0
        var state = State.settling
    }

    private enum State { case settling, working, ended }

    /// Polls without a change of size and time, behind the one that found the file, before it is taken up.
    let settlePolls: Int
    private var known: [RawPath: Known] = [:]

    init(settlePolls: Int) { self.settlePolls = max(1, settlePolls) }

    /// How many files are remembered: those that are there, and those in work.
    var fileCount: Int { known.count }

    /// Takes the folder's contents and returns the files to start with. Files that have vanished are forgotten.
    mutating func poll(_ files: [BatchSource]) -> [BatchSource] {
        var ready: [BatchSource] = []
        var present: [RawPath: Known] = [:]
        for file in files {
            var entry = known[file.path] ?? Known(file: file, unchangedPolls: -1)
            if entry.file == file {
                if entry.state == .settling { entry.unchangedPolls += 1 }
            } else {
                entry.file = file
                entry.unchangedPolls = 0
                // A file that changes in work is taken up again when that has ended.
                if entry.state == .ended { entry.state = .settling }
            }
            if entry.state == .settling, entry.unchangedPolls >= settlePolls {
                entry.state = .working
                ready.append(file)
            }
            present[file.path] = entry
        }
        for (path, entry) in known where entry.state == .working && present[path] == nil { present[path] = entry }
        known = present
        return ready
    }

    /// Ends the work on a file. It is taken up again when it changed meanwhile, or changes later.
    mutating func end(_ file: BatchSource, hasChanged: Bool = false) {
        guard var entry = known[file.path], entry.state == .working else { return }
        let isOther = hasChanged || entry.file != file
        entry.state = isOther ? .settling : .ended
        entry.unchangedPolls = 0
        known[file.path] = entry
    }
}
