import HTTPTypes
import Hummingbird
import NIOCore

/// A form with a recording, received.
struct OpenAIForm: Sendable {
    /// Bytes of a field that is read; fields that are ignored may have any length within the limit of the body.
    static let fieldByteLimit = 65_536

    let fields: OpenAIFields
    let upload: Upload

    /// Reads a form as it arrives; of several files the last one counts.
    ///
    /// Throws `HTTPFailure`: `invalid_multipart`, `missing_file`, those of `OpenAIFields` and of `UploadSpool`; and what
    /// the body throws.
    static func read(
        _ body: LimitedRequestBody, _ boundary: MultipartBoundary, into spool: UploadSpool
    ) async throws -> OpenAIForm {
        var parser = MultipartParser(boundary)
        var reading = Reading(spool: spool)
        for try await block in body {
            for event in try events(of: block, &parser) { try await reading.take(event) }
        }
        guard parser.isComplete else { throw invalid(": it ends before its last boundary") }
        try reading.fields.check()
        guard var file = reading.file else {
            throw HTTPFailure(.badRequest, code: "missing_file", "Missing required form field: file")
        }
        return OpenAIForm(fields: reading.fields, upload: try await file.finish())
    }

    private static func events(
        of block: ByteBuffer, _ parser: inout MultipartParser
    ) throws(HTTPFailure) -> [MultipartParser.Event] {
        do {
            return try parser.append(block.readableBytesView)
        } catch {
            switch error {
            case .malformed: throw invalid("")
            case .headerTooLong:
                throw invalid(": the header of a part is longer than \(MultipartParser.headerByteLimit) bytes")
            case .tooManyParts: throw invalid(": there are more than \(MultipartParser.partLimit) parts")
            }
        }
    }

    private static func invalid(_ reason: String) -> HTTPFailure {
        HTTPFailure(.badRequest, code: "invalid_multipart", "Invalid multipart body\(reason)")
    }

    /// What has been read of a form.
    private struct Reading {
        var fields = OpenAIFields()
        /// Takes a file; each file begins with a copy.
        let spool: UploadSpool
        var file: UploadSpool?
        private var name = ""
        private var value: [UInt8] = []

        init(spool: UploadSpool) { self.spool = spool }

        mutating func take(_ event: MultipartParser.Event) async throws {
            switch event {
            case .part(let name):
                self.name = name
                value = []
                if name == "file" { file = spool }
            case .content(let bytes) where name == "file": try await file?.append(bytes)
            case .content(let bytes) where OpenAIFields.reads(name):
                let isRecording = KnownSpeakers.isReference(name)
                let limit = isRecording ? KnownSpeakers.byteLimit : OpenAIForm.fieldByteLimit
                if isRecording { try await spool.reserve(bytes.count) }
                value += bytes
                guard value.count <= limit else {
                    throw OpenAIForm.invalid(": a field is longer than \(limit) bytes")
                }
            case .content: break
            case .partEnd where name != "file":
                try fields.set(name, to: String(decoding: value, as: UTF8.self))
            case .partEnd: break
            }
        }
    }
}
