// SPDX-License-Identifier: BSD-3-Clause
// Names of processors and libraries in a column of a table: without what says nothing, and short
// without losing what tells them apart.
#ifndef PN_BASE_LABEL_H
#define PN_BASE_LABEL_H

enum { PN_LABEL = 128 };

// "Intel(R) Xeon(R) CPU E5-2670 0 @ 2.60GHz" becomes "Intel Xeon E5-2670 0": marks, the words CPU
// and Processor, the number of cores and the clock go.
void pn_label_trim(char label[PN_LABEL]);

// Trims labels[count], then cuts those that are longer than `width`, first their middle, else their
// beginning; what would become like another label that it was not like before is left as it was.
void pn_labels_fit(char (*labels)[PN_LABEL], int count, int width);

#endif
