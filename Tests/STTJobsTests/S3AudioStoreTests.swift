import Foundation
import TestSupport
import Testing

@testable import STTJobs

/// The store in an S3-compatible object store: what every store does, its signatures, and an object store that fails.
@Suite struct S3AudioStoreTests {
    private let temporary: TemporaryFolder
    private let folder: JobFolder

    init() throws {
        temporary = try TemporaryFolder()
        folder = try JobFolder(temporary.url)
    }

    @Test(
        .enabled(if: MotoServer.isAvailable), arguments: ["/", "/calls/", "/a/b.c/"],
        AudioStoreConformance.all.map(\.name))
    func conforms(_ prefix: String, _ name: String) async throws {
        let check = try #require(AudioStoreConformance.all.first { $0.name == name }).check
        // Each test has a place of its own.
        let place = prefix + UUID().uuidString
        try await check(S3AudioStore(try await MotoServer.shared.configuration(place), folder), folder)
    }

    @Test(.enabled(if: MotoServer.isAvailable)) func aWrongKeyIsRefusedAtTheStart() async throws {
        let server = try await MotoServer.shared
        for (secret, bucket, reason) in [
            ("wrong", nil, "status 403 SignatureDoesNotMatch"), (nil, "none", "status 404 NoSuchBucket"),
        ] as [(String?, String?, String)] {
            let store = S3AudioStore(try server.configuration("/x", secret: secret, bucket: bucket), folder)
            let error = await #expect(throws: JobStoreError.self) { try await store.open() }
            #expect(error?.code == .unusable && error?.detail == reason)
            #expect(folder.files().isEmpty)
        }
    }

    /// Another object below the prefix belongs to its owner.
    @Test(.enabled(if: MotoServer.isAvailable)) func otherObjectsAreLeftAlone() async throws {
        let store = S3AudioStore(try await MotoServer.shared.configuration("/others"), folder)
        for name in ["backup.tar", "b2f1.copy"] {
            try Data([1]).write(to: folder.audio(name))
            _ = try await store.keep(name)
        }
        let name = try folder.write(Data([1]))
        _ = try await store.keep(name)
        #expect(try await store.recordings().keys.sorted() == [name])
    }

    // MARK: Failures

    struct Outage: Sendable {
        var answers: [ScriptedStore.Answer]
        /// `nil`: it succeeds.
        var code: JobStoreError.Code?
        var detail = ""
        var count: Int
    }

    private static let refusal = """
        <?xml version="1.0" encoding="UTF-8"?><Error><Code>SignatureDoesNotMatch</Code><Message>no</Message>
        <AWSAccessKeyId>AKIAIOSFODNN7EXAMPLE</AWSAccessKeyId><StringToSign>AWS4-HMAC-SHA256 geheim</StringToSign></Error>
        """

    @Test(arguments: [
        Outage(answers: [.status(503), .status(500), .status(200)], count: 3),
        Outage(answers: [.close, .status(200)], count: 2),
        Outage(answers: [.status(400, "<Error><Code>RequestTimeout</Code></Error>"), .status(200)], count: 2),
        Outage(
            answers: [.status(503, "<Error><Code>SlowDown</Code></Error>")], code: .failed,
            detail: "status 503 SlowDown", count: 3),
        Outage(answers: [.close], code: .failed, count: 3),
        Outage(answers: [.status(429)], code: .failed, detail: "status 429 ", count: 3),
        Outage(
            answers: [.status(403, refusal)], code: .unusable, detail: "status 403 SignatureDoesNotMatch", count: 1),
        Outage(answers: [.status(301)], code: .unusable, detail: "status 301 ", count: 1),
        Outage(answers: [.status(403, "<Code>a b</Code>")], code: .unusable, detail: "status 403 ", count: 1),
        Outage(answers: [.status(507)], code: .full, detail: "status 507 ", count: 1),
    ]) func anOutageIsBounded(_ outage: Outage) async throws {
        let name = try folder.write(Data(repeating: 1, count: 100_000))
        try await ScriptedStore.use(outage.answers) { server in
            let store = S3AudioStore(try server.configuration(), folder)
            if let code = outage.code {
                let error = await #expect(throws: JobStoreError.self) { try await store.keep(name) }
                #expect(error?.code == code)
                let detail = error?.detail ?? ""
                #expect(outage.detail.isEmpty || detail == outage.detail)
                for secret in ["AKIA", "geheim", "127.0.0.1"] {
                    #expect(!detail.contains(secret) && error?.message.contains(secret) == false)
                }
            } else {
                #expect(try await store.keep(name) == 100_000)
            }
            #expect(server.count == outage.count)
        }
    }

    @Test func aRecordingThatArrivesInPartIsReadAgain() async throws {
        let whole = ScriptedStore.Answer.raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789")
        let part = ScriptedStore.Answer.raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n012")
        try await ScriptedStore.use([part, whole]) { server in
            let store = S3AudioStore(try server.configuration(), folder)
            let file = try #require(try await store.file("a"))
            #expect(try Data(contentsOf: file) == Data("0123456789".utf8))
            store.release(file)
        }
        try await ScriptedStore.use([part]) { server in
            let store = S3AudioStore(try server.configuration(), folder)
            await #expect(throws: JobStoreError.self) { try await store.file("a") }
        }
        #expect(folder.files().isEmpty)
    }

    @Test func aStoreThatIsNotThereIsAnError() async throws {
        // Nothing listens on the port of a server that has ended.
        let configuration = try await ScriptedStore.use([]) { try $0.configuration() }
        let error = await #expect(throws: JobStoreError.self) {
            try await S3AudioStore(configuration, folder).open()
        }
        #expect(error?.code == .failed)
        #expect(error?.message.hasPrefix("The object store of --jobs-audio does not answer.") == true)
    }

    // MARK: Values

    /// The examples of "Signature Calculations for the Authorization Header" in Amazon's API reference of S3.
    @Test(arguments: [
        (
            S3Signer.Request(
                method: "GET", path: "/test.txt", fields: [("Range", "bytes=0-9")], digest: S3Signer.emptyDigest),
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        ),
        (
            S3Signer.Request(
                method: "PUT", path: "/test$file.text",
                fields: [("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")],
                digest: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"),
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
        ),
        (
            S3Signer.Request(
                method: "GET", path: "/", query: [("lifecycle", "")], fields: [], digest: S3Signer.emptyDigest),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
        ),
        (
            S3Signer.Request(
                method: "GET", path: "/", query: [("prefix", "J"), ("max-keys", "2")], fields: [],
                digest: S3Signer.emptyDigest),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
        ),
    ]) func requestsAreSignedAsAmazonDescribes(_ request: S3Signer.Request, _ signature: String) {
        var request = request
        request.fields.append((name: "Host", value: "examplebucket.s3.amazonaws.com"))
        let signer = S3Signer(
            accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", sessionToken: nil,
            region: "us-east-1")
        let fields = signer.fields(for: request, at: Date(timeIntervalSince1970: 1_369_353_600))
        let authorization = fields.last?.value ?? ""
        #expect(
            authorization.hasPrefix(
                "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders="))
        #expect(authorization.hasSuffix("Signature=\(signature)"))
        #expect(fields.contains { $0 == ("x-amz-date", "20130524T000000Z") })
    }

    @Test func aTemporaryKeyIsSignedWithItsToken() {
        let signer = S3Signer(accessKey: "a", secretKey: "b", sessionToken: "token", region: "r")
        let request = S3Signer.Request(
            method: "GET", path: "/", fields: [("host", "h")], digest: S3Signer.emptyDigest)
        let fields = signer.fields(for: request, at: .now)
        #expect(fields.contains { $0 == ("x-amz-security-token", "token") })
        let signed = "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,"
        #expect(fields.last?.value.contains(signed) == true)
    }

    @Test func settingsAreChecked() throws {
        func configuration(
            _ address: String, endpoint: String? = nil, region: String = "eu-central-1", key: String = "k"
        ) throws -> S3Configuration {
            try S3Configuration(
                address: address, endpoint: endpoint, region: region, accessKey: key, secretKey: "geheim",
                sessionToken: nil)
        }
        let amazon = try configuration("s3://bucket")
        #expect(amazon.endpoint == "https://s3.eu-central-1.amazonaws.com" && amazon.prefix.isEmpty)
        #expect(amazon.host == "s3.eu-central-1.amazonaws.com")
        let own = try configuration("s3://buck.et/a/b/", endpoint: "http://[::1]:9000/")
        #expect(own.endpoint == "http://[::1]:9000" && own.host == "[::1]:9000" && own.prefix == "a/b/")
        for address in [
            "bucket", "https://bucket", "s3://", "s3://B", "s3://ab", "s3://bucket//a", "s3://bucket/../a",
            "s3://bucket/a b", "s3://bucket/a?b", "s3://user@bucket/a",
        ] {
            #expect(throws: JobStoreError.self, "\(address)") { try configuration(address) }
        }
        for endpoint in ["minio:9000", "ftp://minio", "https://a:b@minio", "https://minio/path", "https://"] {
            #expect(throws: JobStoreError.self, "\(endpoint)") { try configuration("s3://bucket", endpoint: endpoint) }
        }
        #expect(throws: JobStoreError.self) { try configuration("s3://bucket", region: "a/b") }
        let error = #expect(throws: JobStoreError.self) { try configuration("s3://bucket", key: "") }
        #expect(error?.message.contains("AWS_ACCESS_KEY_ID") == true && error?.message.contains("geheim") == false)
    }

    @Test func aListIsReadPageByPage() throws {
        // The example of ListObjectsV2 in Amazon's API reference, with a token that is escaped.
        let page = S3Page(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><Prefix/>
            <NextContinuationToken>1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=&amp;lt;</NextContinuationToken>
            <KeyCount>205</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>true</IsTruncated>
            <Contents><Key>p/my-image.jpg</Key><LastModified>2009-10-12T17:50:30.000Z</LastModified>
            <ETag>&quot;fba9dede5f27731c9771645a39863328&quot;</ETag><Size>434234</Size></Contents>
            <Contents><Key>p/x&amp;y</Key><LastModified>2009-10-12T17:50:30Z</LastModified></Contents>
            <Contents><Key>q/other</Key><LastModified>2009-10-12T17:50:30Z</LastModified></Contents>
            <Contents><Key>p/no-time</Key></Contents></ListBucketResult>
            """, prefix: "p/")
        #expect(page.times == ["my-image.jpg": 1_255_369_830, "x&y": 1_255_369_830])
        #expect(page.next == "1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=&lt;")
        let last = "<IsTruncated>false</IsTruncated><NextContinuationToken>a</NextContinuationToken>"
        #expect(S3Page(last, prefix: "").next == nil)
        #expect(S3Page("<Contents><Key>", prefix: "").times.isEmpty)
    }
}
