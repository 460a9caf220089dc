export type { ReportFormat } from './render-report.ts';
export { serializers } from './serializers.ts';
export type { TransportOptions } from './transport.ts';
