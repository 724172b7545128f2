/** Starts the tslab kernel, completed to the Jupyter protocol. */
export {};
