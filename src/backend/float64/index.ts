export function registerFloat64Backend(): void {}
