/**
 * An image as `images` and `image` show it.
 */
import { architecture, type Image, imageProject, registry } from '../images/catalog.ts';
import { cpuGroup, deviceGroup, resourceGroup } from '../site-facts.ts';
import { showAmount } from '../slots/amount.ts';
import { agentOf } from '../slots/capacity.ts';
import { globalId } from './json-text.ts';

export interface Pair {
  readonly key: string;
  readonly value: string;
}

/** Parts of a tag after its version, e.g. `ubuntu22.04` as `{ubuntu, 22.04}`. */
export function tagPairs(tag: string): readonly Pair[] {
  return tag
    .split('-')
    .slice(1)
    .map((part) => {
      const [, key = part, value = ''] = /^([a-z_]+)([\d.]*)$/i.exec(part) ?? [];
      return { key, value };
    });
}

export class ImageView {
  readonly project = imageProject;
  readonly registry = registry;
  readonly architecture = architecture;
  readonly is_local = false;
  readonly size_bytes = 0;
  readonly status = 'ALIVE';
  private readonly image: Image;

  private readonly form: 'list' | 'node';

  /** A node's `id` is a global one. */
  constructor(image: Image, form: 'list' | 'node' = 'list') {
    this.image = image;
    this.form = form;
  }
  get id(): string {
    return this.form === 'node' ? globalId('ImageNode', this.image.id) : this.image.id;
  }
  get row_id(): string {
    return this.image.id;
  }
  get name(): string {
    return this.image.namespace;
  }
  get namespace(): string {
    return this.image.namespace;
  }
  get base_image_name(): string {
    return this.image.environment.name;
  }
  get humanized_name(): string {
    return this.image.environment.title;
  }
  get tag(): string {
    return this.image.tag;
  }
  get tags(): readonly Pair[] {
    return tagPairs(this.image.tag);
  }
  get version(): string {
    return this.image.environment.version;
  }
  get digest(): string {
    return this.image.digest;
  }
  get hash(): string {
    return this.image.digest;
  }
  get labels(): readonly Pair[] {
    return Object.entries(this.image.labels).map(([key, value]) => ({ key, value }));
  }
  get aliases(): readonly string[] {
    return this.image.aliases;
  }
  get resource_limits(): readonly { key: string; min: string; max: string | null }[] {
    return Object.entries(this.image.minimum).map(([key, amount]) => ({ key, min: showAmount(amount), max: null }));
  }
  get supported_accelerators(): readonly string[] {
    return this.image.environment.accelerators;
  }
  get installed(): boolean {
    return this.image.environment.installed;
  }
  get installed_agents(): readonly string[] {
    return this.image.environment.installed ? [resourceGroup, cpuGroup, deviceGroup].map(agentOf) : [];
  }
}
