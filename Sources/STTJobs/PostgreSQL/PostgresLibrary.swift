import CLibPQ
import Foundation

/// The loaded library libpq. The address with its password is given to it and is in no error.
struct PostgresLibrary {
    let table: CLibPQ

    /// Opens the library. Cost: milliseconds at the first time; it stays loaded.
    ///
    /// Throws `PostgresFailure` with the kind `libraryMissing`.
    static func load() throws(PostgresFailure) -> PostgresLibrary {
        guard let table = clibpq_open() else { throw PostgresFailure(kind: .libraryMissing) }
        return PostgresLibrary(table: table.pointee)
    }

    /// Throws `PostgresFailure` with the kind `addressInvalid` for an address that libpq does not accept.
    func check(_ address: String) throws(PostgresFailure) {
        let isAddress = ["postgres://", "postgresql://"].contains { address.hasPrefix($0) }
        // What libpq says of an address repeats parts of it.
        let options = isAddress ? table.PQconninfoParse(address, nil) : nil
        guard let options else { throw PostgresFailure(kind: .addressInvalid) }
        table.PQconninfoFree(options)
    }

    /// Begins to connect. Blocks while names are looked up.
    func start(_ address: String) -> PostgresHandle? {
        let parameters = [
            ("client_encoding", "UTF8"), ("fallback_application_name", "gigastt"), ("dbname", address),
        ]
        let connection = withCStrings(parameters.map(\.0)) { keywords in
            withCStrings(parameters.map(\.1)) { values in table.PQconnectStartParams(keywords, values, 1) }
        }
        return connection.map { PostgresHandle(pointer: $0) }
    }

    /// Sends a statement, or keeps what the socket does not take; `false` when the connection cannot be used.
    func send(_ statement: String, _ parameters: [PostgresValue], to handle: PostgresHandle) -> Bool {
        withCStrings(parameters.map(\.text)) { values in
            table.PQsendQueryParams(
                handle.pointer, statement, CInt(parameters.count), nil, values, nil, nil, 0) == 1
        }
    }

    func rows(of result: OpaquePointer) -> [PostgresRow] {
        let fields = 0..<table.PQnfields(result)
        var columns: [String: Int] = [:]
        for field in fields {
            if let name = table.PQfname(result, field) { columns[String(cString: name)] = Int(field) }
        }
        return (0..<table.PQntuples(result)).map { row in
            PostgresRow(columns: columns, values: fields.map { value(result, row, $0) })
        }
    }

    private func value(_ result: OpaquePointer, _ row: CInt, _ field: CInt) -> String? {
        guard table.PQgetisnull(result, row, field) == 0, let text = table.PQgetvalue(result, row, field) else {
            return nil
        }
        let bytes = UnsafeRawBufferPointer(start: text, count: Int(table.PQgetlength(result, row, field)))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The failure that an answer states; of kind `refused("")` where it has no code.
    func refusal(of result: OpaquePointer) -> PostgresFailure {
        func field(_ code: Int) -> String {
            table.PQresultErrorField(result, CInt(code)).map { String(cString: $0) } ?? ""
        }
        return PostgresFailure(
            kind: .refused(field(CLIBPQ_SQLSTATE)), detail: field(CLIBPQ_MESSAGE_PRIMARY))
    }

    /// What libpq says of a connection, in one line.
    func message(of handle: PostgresHandle) -> String {
        guard let text = table.PQerrorMessage(handle.pointer) else { return "" }
        var message = String(cString: text).split(whereSeparator: \.isNewline).joined(separator: " ")
        if let password = table.PQpass(handle.pointer).map({ String(cString: $0) }), !password.isEmpty {
            message = message.replacingOccurrences(of: password, with: "…")
        }
        return message
    }

    /// The payloads of notifications that have arrived.
    func notifications(of handle: PostgresHandle) -> [String] {
        var payloads: [String] = []
        while let notification = table.PQnotifies(handle.pointer) {
            payloads.append(notification.pointee.extra.map { String(cString: $0) } ?? "")
            table.PQfreemem(notification)
        }
        return payloads
    }
}

// Proof: the functions of libpq may be called on any thread; the table is not changed after it was filled.
extension PostgresLibrary: @unchecked Sendable {}

/// A connection of libpq.
// Proof: `PostgresConnection` uses it for one call at a time.
struct PostgresHandle: @unchecked Sendable {
    let pointer: OpaquePointer
}

/// Calls `body` with C strings, and a null pointer for each `nil` and behind the last.
private func withCStrings<Value>(
    _ texts: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Value
) -> Value {
    let copies = texts.map { $0.flatMap { strdup($0) } }
    defer { for copy in copies { free(copy) } }
    return body(copies.map { UnsafePointer($0) } + [nil])
}
