# SPDX-License-Identifier: BSD-3-Clause
"""A run of Panache for ReFrame: passes its residual, and tells the rate of the job.

Set `valid_systems`, the number of ranks and `reference` for your site: the rate that a healthy
partition gave. A part that is slow is named in the output whatever the rate."""
import reframe as rfm
import reframe.utility.sanity as sn


@rfm.simple_test
class PanacheCheck(rfm.RunOnlyRegressionTest):
    descr = 'Panache: one Linpack over the whole partition'
    valid_systems = ['*']
    valid_prog_environs = ['*']
    modules = ['panache/0.1.0']
    executable = 'panache'
    seconds = variable(int, value=60)
    num_tasks = variable(int, value=1)
    keep_files = ['panache-results']
    tags = {'performance', 'production'}

    @run_before('run')
    def set_options(self):
        self.executable_opts = ['run', '--time', str(self.seconds)]

    @sanity_function
    def passes_its_check(self):
        return sn.assert_found(r'^passed: ', self.stderr)

    @performance_function('GFLOP/s')
    def rate(self):
        scale = {'M': 1e-3, 'G': 1, 'T': 1e3, 'P': 1e6, 'E': 1e9}
        figure = sn.extractsingle(r'^passed: (\S+) [MGTPE]FLOP/s', self.stderr, 1, float)
        prefix = sn.extractsingle(r'^passed: \S+ ([MGTPE])FLOP/s', self.stderr, 1)
        return figure * scale[str(prefix)]
