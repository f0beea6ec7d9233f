"""Many runs, one road: plan, designs, work, runner, executors, tables and the store."""
