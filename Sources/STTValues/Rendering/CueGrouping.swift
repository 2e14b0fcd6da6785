/// Where one subtitle ends and the next begins, within the limits of a line.
public enum CueGrouping: String, Sendable, Hashable, CaseIterable {
    /// A pause of 0.8 s ends a cue, so that no word shows long before it is spoken, and a cue stays for 0.3 s unless the
    /// next word comes earlier.
    case natural
    /// As gigastt 2.3: a cue may span any pause, be as short as its word, and shows the words as the model spelled them.
    case compat
}
