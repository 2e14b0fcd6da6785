import HTTPTypes
import Hummingbird

/// What is wrong with a request of tus.
extension HTTPFailure {
    static func invalidUpload(_ reason: String) -> HTTPFailure {
        HTTPFailure(.badRequest, code: "invalid_upload", reason)
    }

    static let uploadNotFound = HTTPFailure(.notFound, code: "upload_not_found", "Upload not found")
    static let uploadLocked = HTTPFailure(
        HTTPResponse.Status(code: 423, reasonPhrase: "Locked"), code: "upload_locked",
        "Another request writes to this upload; try again when it has ended")
    static let wrongPartType = HTTPFailure(
        .unsupportedMediaType, code: "unsupported_media_type", "Content-Type must be application/offset+octet-stream")
    static let wrongChecksum = HTTPFailure(
        HTTPResponse.Status(code: 460, reasonPhrase: "Checksum Mismatch"), code: "checksum_mismatch",
        "The part was changed on the way; send it again")
    static let otherTusVersion: HTTPFailure = {
        var failure = HTTPFailure(
            .preconditionFailed, code: "tus_version_unsupported", "Tus-Resumable must be \(UploadRoutes.version)")
        failure.fields[.tusVersion] = UploadRoutes.version
        return failure
    }()

    static func uploadConflict(_ offset: Int) -> HTTPFailure {
        var failure = HTTPFailure(
            .conflict, code: "upload_offset_conflict", "Upload-Offset must be what HEAD gives; go on from there")
        failure.fields[.uploadOffset] = "\(offset)"
        return failure
    }
}
