export function toolFolder(): string;
