# SPDX-License-Identifier: BSD-3-Clause
"""Panache for Spack: put it into packages/panache of a repository of your own."""
from spack.package import *


class Panache(CMakePackage, CudaPackage, ROCmPackage):
    """A Linpack (HPL) that measures a machine of unlike parts in one run."""

    homepage = "https://panache.invalid"
    url = "https://panache.invalid/panache-0.1.0.tar.gz"

    license("BSD-3-Clause")

    # `spack checksum` of the archive that you build from gives the missing digest.
    version("0.1.0")

    variant("mpi", default=True, description="Run more than one rank")

    depends_on("c", type="build")
    depends_on("cxx", type="build", when="+cuda")
    depends_on("cmake@3.20:", type="build")
    depends_on("pkgconfig", type="build")
    depends_on("expat")
    depends_on("hwloc@2:")
    depends_on("jansson")
    depends_on("libyaml")
    depends_on("libzip")
    depends_on("xxhash")
    depends_on("mpi", when="+mpi")
    depends_on("blas", type="run")
    depends_on("rocblas", type="run", when="+rocm")

    def cmake_args(self):
        args = [
            self.define("BUILD_TESTING", False),
            self.define("PANACHE_MPI", "ON" if self.spec.satisfies("+mpi") else "OFF"),
            self.define("PANACHE_CUDA", "ON" if self.spec.satisfies("+cuda") else "OFF"),
            self.define("PANACHE_HIP", "ON" if self.spec.satisfies("+rocm") else "OFF"),
        ]
        if self.spec.satisfies("+mpi"):
            args.append(self.define("PANACHE_MPICC", self.spec["mpi"].mpicc))
        if self.spec.satisfies("+cuda") and "none" not in self.spec.variants["cuda_arch"].value:
            args.append(self.define_from_variant("PANACHE_CUDA_ARCHITECTURES", "cuda_arch"))
        return args

    def setup_run_environment(self, env):
        # The BLAS is opened at run time, by its name.
        for library in self.spec["blas"].libs.directories:
            env.append_path("LD_LIBRARY_PATH", library)
