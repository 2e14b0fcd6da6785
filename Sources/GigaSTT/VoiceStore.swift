package import Foundation
package import STTValues
import Synchronization

/// A voice with a name, as it is stored.
package struct EnrolledVoice: Sendable, Hashable {
    /// 32 hexadecimal digits, which say nothing about the person.
    package let id: String
    /// Seconds since 1970.
    package let created: Double
    package let print: VoicePrint
}

/// The voices that are known by name: in memory, or in a folder that its user alone can read, a file a voice.
///
/// What another process adds to or removes from the folder counts from the next use on. All calls block.
package final class VoiceStore: Sendable {
    private struct State {
        var voices: [String: EnrolledVoice] = [:] { didSet { (names, misfits) = (nil, nil) } }
        /// Voices whose vectors are longer or shorter than most of their model; `nil`: to be looked for.
        var misfits: Set<String>?
        /// The names that are taken; `nil`: to be collected.
        var names: Set<String>?
        /// When the folder was changed last, as far as it was read.
        var stamp: Date?
        var unreadable: Set<String> = []
        /// The voices of a model, ready to be compared.
        var known: (model: String, similarity: Float, voices: KnownVoices?)?
    }

    private let folder: VoiceFolder?
    private let state = Mutex(State())

    /// A store in memory.
    package init() { folder = nil }

    /// Opens a folder, which is made if it is not there.
    ///
    /// Throws `GigaSTTError` with code `invalidOption` for a folder that others can read or that cannot be used.
    package init(in url: URL) throws(GigaSTTError) {
        let folder = VoiceFolder(url: url)
        try folder.prepare()
        self.folder = folder
        _ = try voices()
    }

    /// Files that are no voices: they cannot be read, or their vectors have another length than most of their model. They are
    /// left alone.
    package var unreadableCount: Int { state.withLock { $0.unreadable.count + Self.misfits(&$0).count } }

    /// All voices in order of their names.
    package func voices() throws(GigaSTTError) -> [EnrolledVoice] {
        try state.withLock { state throws(GigaSTTError) in
            try update(&state)
            return state.voices.values.sorted { ($0.print.name, $0.id) < ($1.print.name, $1.id) }
        }
    }

    /// The voices that were enrolled with a speaker model, without those of another length; `nil` when there are none.
    package func known(model: String, leastSimilarity: Float) throws(GigaSTTError) -> KnownVoices? {
        try state.withLock { state throws(GigaSTTError) in
            try update(&state)
            if let known = state.known, known.model == model, known.similarity == leastSimilarity {
                return known.voices
            }
            let misfits = Self.misfits(&state)
            let prints = state.voices.values.filter { $0.print.model == model && !misfits.contains($0.id) }.map(\.print)
            let voices = prints.isEmpty ? nil : try KnownVoices(prints, leastSimilarity: leastSimilarity)
            state.known = (model, leastSimilarity, voices)
            return voices
        }
    }

    /// Adds a voice. `nil` when the name is taken.
    ///
    /// Throws `GigaSTTError` with code `overloaded` when there are as many as can be, `invalidOption` when it cannot be
    /// written.
    package func add(_ print: VoicePrint) throws(GigaSTTError) -> EnrolledVoice? {
        try state.withLock { state throws(GigaSTTError) in
            try update(&state)
            var names = state.names ?? Set(state.voices.values.map(\.print.name))
            guard names.insert(print.name).inserted else { return nil }
            guard state.voices.count < KnownVoices.limit else { throw Self.full }
            let id = UUID().uuidString.lowercased().filter { $0 != "-" }
            let voice = EnrolledVoice(id: id, created: Date().timeIntervalSince1970.rounded(), print: print)
            try folder?.write(voice)
            (state.voices[id], state.known) = (voice, nil)
            state.names = names
            return voice
        }
    }

    /// Removes a voice and its file; returns whether it was there.
    package func remove(id: String) throws(GigaSTTError) -> Bool {
        try state.withLock { state throws(GigaSTTError) in
            try update(&state)
            guard state.voices[id] != nil else { return false }
            try folder?.remove(id)
            (state.voices[id], state.known) = (nil, nil)
            return true
        }
    }

    /// Removes all voices, unreadable ones too, and returns how many there were.
    package func removeAll() throws(GigaSTTError) -> Int {
        try state.withLock { state throws(GigaSTTError) in
            try update(&state)
            let ids = Array(state.voices.keys) + state.unreadable
            for id in ids { try folder?.remove(id) }
            try folder?.removeUnfinished()
            state = State()
            return ids.count
        }
    }

    package static let full = GigaSTTError(
        .overloaded, "There are \(KnownVoices.limit) known voices, as many as can be. Remove one first.")

    private static func misfits(_ state: inout State) -> Set<String> {
        if let misfits = state.misfits { return misfits }
        var misfits: Set<String> = []
        for voices in Dictionary(grouping: state.voices.values, by: \.print.model).values {
            let lengths = Dictionary(grouping: voices, by: \.print.vector.count).mapValues(\.count)
            let usual = lengths.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key
            for voice in voices where voice.print.vector.count != usual { misfits.insert(voice.id) }
        }
        state.misfits = misfits
        return misfits
    }

    /// Reads what is new in the folder.
    private func update(_ state: inout State) throws(GigaSTTError) {
        guard let folder else { return }
        let stamp = try folder.changed()
        // Within the resolution of the clock of the file system another change may follow.
        if let last = state.stamp, last == stamp, Date().timeIntervalSince(stamp) > 1 { return }
        let ids = try folder.identifiers()
        let gone = state.voices.keys.filter { !ids.contains($0) }
        for id in gone { state.voices[id] = nil }
        var unreadable = state.unreadable.intersection(ids)
        var hasChanged = !gone.isEmpty
        for id in ids where state.voices[id] == nil && !unreadable.contains(id) {
            if let voice = folder.read(id) {
                state.voices[id] = voice
                hasChanged = true
            } else {
                unreadable.insert(id)
            }
        }
        (state.unreadable, state.stamp) = (unreadable, stamp)
        if hasChanged { state.known = nil }
    }
}
