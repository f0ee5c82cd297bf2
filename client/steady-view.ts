/** A tree view that tells the editor only what is another one: see steady-nodes.ts. */
import * as vscode from 'vscode';
import { createSteadyNodes, type NodeSource, type SteadyNodes } from './steady-nodes.ts';

export type SteadyView<N> = {
  readonly onDidChangeTreeData: vscode.Event<undefined | N | N[]>;
  readonly getChildren: SteadyNodes<N>['children'];
  /** Looks what has changed, once more where it is looking already. Never rejects. */
  readonly refresh: () => void;
  /** Draws these anew, of those that the editor has. */
  readonly redraw: (which: (node: N) => boolean) => void;
  /** Everything is asked for anew, before anything that the editor is asked after this. */
  readonly renew: () => void;
  readonly dispose: () => void;
};

export function createSteadyView<N extends object>(
  source: NodeSource<N>,
  onFault: (error: unknown) => void,
): SteadyView<N> {
  const nodes = createSteadyNodes(source);
  const changed = new vscode.EventEmitter<undefined | N | N[]>();
  let isLooking = false;
  /** How often it was to look, and how often that was heard. */
  let [wanted, heard] = [0, 0];

  const look = async (): Promise<void> => {
    isLooking = true;
    try {
      while (heard < wanted) {
        heard = wanted;
        const found = await nodes.changed();
        if (found === 'all') changed.fire(undefined);
        else if (found.length > 0) changed.fire(found);
      }
    } catch (error) {
      onFault(error);
    } finally {
      isLooking = false;
    }
  };

  return {
    onDidChangeTreeData: changed.event,
    getChildren: nodes.children,
    refresh: () => {
      wanted++;
      if (!isLooking) void look();
    },
    redraw: (which) => {
      const found = nodes.given().filter(which);
      if (found.length > 0) changed.fire(found);
    },
    renew: () => {
      changed.fire(undefined);
    },
    dispose: () => {
      changed.dispose();
    },
  };
}

/** All that is shown of an item, to compare. */
export function pictureOf(item: vscode.TreeItem): string {
  const { label, description, iconPath, contextValue, collapsibleState, tooltip } = item;
  const says = typeof tooltip === 'object' ? tooltip.value : tooltip;
  return JSON.stringify([label, description, iconPath, contextValue, collapsibleState, says]);
}
