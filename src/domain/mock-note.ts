/** What stands wherever mock Xcode's verdict does. */
export const MOCK_NOTE = 'mock Xcode: nothing was really built'
