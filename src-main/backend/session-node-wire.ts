/** Nodes of `compute_session_nodes` (API reference, section 6.3) -> rows as lists have them, so that one reader reads both. */
import { z } from 'zod';
import { asRecord } from './wire.ts';

export const SessionNodesData = z.object({
  compute_session_nodes: z.object({
    count: z.number().int().nonnegative(),
    edges: z.array(z.unknown()),
  }),
});

export const SessionNodeData = z.object({ compute_session_node: z.unknown().optional() });

/** The node's `id` is a global one and its `row_id` the session's; kernels and owner have fields of their own. */
export function rowOfNode(edge: unknown): Readonly<Record<string, unknown>> {
  const node = asRecord(asRecord(edge).node);
  const kernels = edgesOf(node.kernel_nodes);
  const image = asRecord(kernels[0]?.image);
  const references = Array.isArray(node.image_references) ? node.image_references : [];
  return {
    ...node,
    session_id: node.row_id,
    group_id: node.project_id,
    user_email: asRecord(node.owner).email,
    image: references[0] ?? referenceOf(image),
    architecture: image.architecture,
    mounts: edgesOf(node.vfolder_nodes).map(({ name }) => name),
    dependencies: edgesOf(node.dependees),
    containers: kernels.map((kernel) => ({ ...kernel, kernel_id: kernel.row_id, agent: kernel.agent_id })),
  };
}

function edgesOf(connection: unknown): Readonly<Record<string, unknown>>[] {
  const { edges } = asRecord(connection);
  return Array.isArray(edges) ? edges.map((edge) => asRecord(asRecord(edge).node)) : [];
}

/** Null when the image's row was deleted. */
function referenceOf(image: Readonly<Record<string, unknown>>): string | null {
  const { registry, tag } = image;
  const name = image.namespace ?? image.name;
  return typeof registry === 'string' && typeof name === 'string' && typeof tag === 'string'
    ? `${registry}/${name}:${tag}`
    : null;
}
