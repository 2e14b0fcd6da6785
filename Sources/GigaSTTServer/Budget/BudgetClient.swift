/// Whose work is counted together: the holder of an API key, or the sender's address where there is no key.
enum BudgetClient: Sendable, Hashable {
    case key(String)
    case address(ClientAddress)
}
