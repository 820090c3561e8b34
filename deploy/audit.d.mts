/** Types of audit.mjs, for its test. */
export function readAudit(output: string): { line: string; status: number };
