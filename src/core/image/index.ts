export * from './challenge.ts';
export * from './compose.ts';
export * from './credentials.ts';
export * from './oci.ts';
export * from './reference.ts';
export * from './retrying.ts';
export * from './sbom.ts';
export * from './start.ts';
