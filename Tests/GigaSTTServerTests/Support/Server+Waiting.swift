@testable import GigaSTTServer

extension Server {
    /// Returns when this many are in use of a resource.
    func wait(for count: Int, of resource: BudgetResource) async {
        await budget.wait { $0.usage(of: resource).used == count }
    }

    /// Returns when this many claims wait for a resource.
    func wait(forWaiting count: Int, of resource: BudgetResource) async {
        await budget.wait { $0.usage(of: resource).waiting == count }
    }
}
