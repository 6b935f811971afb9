import { Document } from 'yaml';

/**
 * A value as YAML that readers of version 1.1 and of version 1.2 take for the same: `no`, `on`, `1:30` and the like stand
 * in quotes. The same value always gives the same text.
 */
export function yamlText(value: object): string {
  const document = new Document(value, { version: '1.1', aliasDuplicateObjects: false });
  return document.toString({ lineWidth: 0, directives: false });
}
