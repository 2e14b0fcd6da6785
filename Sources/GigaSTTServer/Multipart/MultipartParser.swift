/// Cuts a `multipart/form-data` body into its parts while it arrives (RFC 7578, RFC 2046 section 5.1).
///
/// Any splitting of the same bytes gives the same parts. At most a header and a delimiter are held back, so memory
/// does not grow with the body. Lines end in CR LF; a body with other line ends is refused, as are folded headers,
/// which no client of forms sends.
struct MultipartParser: Sendable {
    /// What there is to know about a stretch of the body.
    enum Event: Sendable, Hashable {
        /// A part begins.
        case part(name: String)
        /// The next bytes of the part, at least one.
        case content([UInt8])
        /// The part is complete.
        case partEnd
    }

    /// preamble → after a delimiter → header → content → after a delimiter → … → epilogue.
    private enum State { case preamble, delimiter(padding: Int), header, content, epilogue }

    /// Bytes of one part's header: names of files are the only thing in it that may be long.
    static let headerByteLimit = 8_192
    /// Parts of one body: a dozen fields, of which `keywords[]`, `hotwords` and the names of speakers may be repeated.
    static let partLimit = 256
    /// Blanks behind a boundary, which mail gateways may have added.
    static let paddingLimit = 128

    private let delimiter: [UInt8]
    private var state = State.preamble
    private var partCount = 0
    /// Bytes whose meaning depends on what follows. The first boundary needs no line end before it: here it gets one.
    private var unread: [UInt8] = [13, 10]

    init(_ boundary: MultipartBoundary) { delimiter = Array("\r\n--\(boundary.text)".utf8) }

    /// Whether the last delimiter has come: the form is complete.
    var isComplete: Bool {
        if case .epilogue = state { true } else { false }
    }

    /// Takes the next bytes.
    ///
    /// Throws `MultipartError` for what is not a form; nothing more may be appended after that.
    mutating func append(_ block: some Collection<UInt8>) throws(MultipartError) -> [Event] {
        // Behind the last delimiter a body may hold anything.
        if isComplete { return [] }
        var bytes = unread[...]
        bytes.append(contentsOf: block)
        var events: [Event] = []
        while try advance(&bytes, &events) {}
        unread = Array(bytes)
        return events
    }

    /// Does one step; `false` when more bytes are needed.
    private mutating func advance(
        _ bytes: inout ArraySlice<UInt8>, _ events: inout [Event]
    ) throws(MultipartError) -> Bool {
        switch state {
        case .preamble: return skipPreamble(&bytes)
        case .delimiter(let padding): return try endDelimiter(&bytes, padding: padding)
        case .header: return try readHeader(&bytes, &events)
        case .content: return readContent(&bytes, &events)
        case .epilogue:
            bytes = []
            return false
        }
    }

    private mutating func skipPreamble(_ bytes: inout ArraySlice<UInt8>) -> Bool {
        let found = bytes.search(for: delimiter)
        bytes = bytes[found.end...]
        if found.isWhole { state = .delimiter(padding: 0) }
        return found.isWhole
    }

    private mutating func endDelimiter(_ bytes: inout ArraySlice<UInt8>, padding: Int) throws(MultipartError) -> Bool {
        guard let first = bytes.first else { return false }
        if first == 32 || first == 9 {
            guard padding < Self.paddingLimit else { throw .malformed }
            bytes = bytes.dropFirst()
            state = .delimiter(padding: padding + 1)
            return true
        }
        guard bytes.count >= 2 else { return false }
        let pair = Array(bytes.prefix(2))
        bytes = bytes.dropFirst(2)
        if pair == [45, 45], padding == 0 {
            state = .epilogue
        } else if pair == [13, 10] {
            guard partCount < Self.partLimit else { throw .tooManyParts }
            partCount += 1
            state = .header
        } else {
            throw .malformed
        }
        return true
    }

    private mutating func readHeader(
        _ bytes: inout ArraySlice<UInt8>, _ events: inout [Event]
    ) throws(MultipartError) -> Bool {
        let found = bytes.search(for: [13, 10, 13, 10])
        guard found.start - bytes.startIndex <= Self.headerByteLimit else { throw .headerTooLong }
        // A part without a header is no field.
        guard !bytes.starts(with: [13, 10]) else { throw .malformed }
        guard found.isWhole else { return false }
        events.append(.part(name: try MultipartHeader.fieldName(in: bytes[..<found.start])))
        bytes = bytes[found.end...]
        state = .content
        return true
    }

    private mutating func readContent(_ bytes: inout ArraySlice<UInt8>, _ events: inout [Event]) -> Bool {
        let found = bytes.search(for: delimiter)
        if found.start > bytes.startIndex { events.append(.content(Array(bytes[..<found.start]))) }
        bytes = bytes[found.end...]
        guard found.isWhole else { return false }
        events.append(.partEnd)
        state = .delimiter(padding: 0)
        return true
    }
}

extension ArraySlice<UInt8> {
    /// Where `pattern` stands, which begins with CR: whole, or the start of it at the end of the bytes. `end` is where
    /// reading goes on.
    fileprivate func search(for pattern: [UInt8]) -> (start: Int, end: Int, isWhole: Bool) {
        var from = startIndex
        while let start = self[from...].firstIndex(of: 13) {
            let candidate = self[start...].prefix(pattern.count)
            if candidate.elementsEqual(pattern.prefix(candidate.count)) {
                let isWhole = candidate.count == pattern.count
                return (start, isWhole ? candidate.endIndex : start, isWhole)
            }
            from = start + 1
        }
        return (endIndex, endIndex, false)
    }
}
